import Logging
import ServiceLifecycle
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollServer

@Suite("Graceful end")
struct GracefulEndTests {
    @Test("closes open streams, lets devices see a proper end, and returns")
    func ends() async throws {
        let (tenant, clock) = (FakeTenant(), ManualClock())
        let (ports, found) = AsyncStream<Int>.makeStream()
        let server = HTTPServer(
            configuration: HTTPConfiguration(host: "127.0.0.1", port: 0, now: { clock.now }, uptime: { 0 }),
            directory: FakeDirectory(tenants: [tenant]), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            onListening: { found.yield($0) })
        let group = ServiceGroup(services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        async let running: Void = group.run()
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        tenant.commit()
        let device = TestServer(port: port, tenant: tenant, clock: clock).transport()
        var events = device.stream(after: .start).makeAsyncIterator()
        _ = try await events.next()
        await group.triggerGracefulShutdown()
        let end = try await events.next()
        #expect(end == nil)
        try await running
    }
}
