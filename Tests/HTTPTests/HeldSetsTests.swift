import Foundation
import Testing
import TruckrollCore
import TruckrollProtocol
import TruckrollSync

@testable import TruckrollServer

@Suite("What devices still hold")
struct HeldSetsTests {
    @Test("an operator sees how many change sets a device still holds, and since when there have always been some")
    func held() throws {
        let company = try SmallCompany()
        let tenant = try company.open()
        defer { try? tenant.close() }
        let replica = try #require(try tenant.engine.store.read { try $0.replicas().last { !$0.publicKey.isEmpty } }).replica
        func held(afterLeaving unsent: UInt32) throws -> HeldSets.Standing? {
            var request = PBSyncRequest()
            request.unsent = unsent
            _ = try tenant.sync(request, replica: replica)
            return tenant.heldSets.all[replica]
        }
        #expect(try held(afterLeaving: 0) == nil)
        let first = try #require(try held(afterLeaving: 3))
        #expect(first.count == 3)
        let later = try #require(try held(afterLeaving: 1))
        #expect(later.count == 1 && later.since == first.since)
        let devices = try TenantReport(tenant.engine).devices(versions: [:], held: tenant.heldSets.all)
        #expect(devices.first { $0.replica == replica.rawValue }?.held == 1)
        #expect(devices.filter { $0.replica != replica.rawValue }.allSatisfy { $0.held == nil })
        #expect(try held(afterLeaving: 0) == nil)
        #expect(try #require(try held(afterLeaving: 2)).since > first.since)
    }
}
