import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollStoreMemory

@testable import TruckrollSync

@Suite("Repair")
struct RepairTests {
    @Test("of whatever number of scopes fits a request; the rest is asked for by the next sync", arguments: [1, 999, 1_001, 12_000])
    func fits(count: Int) throws {
        let schema = try Schema.load()
        let engine = DeviceEngine(schema: schema, store: MemoryDeviceStore(schema: schema))
        let scopes = (0..<count).map { Scope("order", RecordID(high: .max, low: UInt64($0))) }
        try engine.store.write { for scope in scopes { try $0.save(ScopeDigest(), of: scope) } }
        let request = try engine.repairRequest(scopes, whole: false)
        #expect(try request.wire(.protobuf).count <= Limits.requestBytes)
        #expect(request.probes.count == min(count, Limits.probesInRepair))
        let asked = Set(request.probes.map(\.scope) + request.scopes)
        #expect(asked == Set(scopes.prefix(Limits.scopesOfView).map(\.name)))
    }
}
