import Foundation
import Testing
import TruckrollCore
import TruckrollProtocol
import TruckrollSync

@testable import TruckrollServer

@Suite("What devices still hold")
struct HeldSetsTests {
    @Test("an operator sees how many change sets a device still holds, and since when there have always been some, also after a restart")
    func held() throws {
        let company = try SmallCompany()
        var tenant = try company.open()
        let replica = try #require(try tenant.engine.store.read { try $0.replicas().last { !$0.publicKey.isEmpty } }).replica
        func held(afterLeaving unsent: UInt32) throws -> DeviceReportRow? {
            var request = PBSyncRequest()
            request.unsent = unsent
            _ = try tenant.sync(request, replica: replica)
            return try tenant.engine.store.read { try tenant.engine.newestReports($0)[replica] }
        }
        #expect(try held(afterLeaving: 0)?.heldSince == nil)
        let first = try #require(try held(afterLeaving: 3))
        #expect(first.unsent == 3)
        try tenant.close()
        tenant = try company.open()
        defer { try? tenant.close() }
        let later = try #require(try held(afterLeaving: 1))
        #expect(later.unsent == 1 && later.heldSince == first.heldSince && first.heldSince != nil)
        let devices = try TenantReport(tenant.engine).devices(versions: [:])
        #expect(devices.first { $0.replica == replica.rawValue }?.held == 1)
        #expect(devices.filter { $0.replica != replica.rawValue }.allSatisfy { $0.held == nil })
        #expect(try held(afterLeaving: 0)?.heldSince == nil)
    }
}
