import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("Scanned texts")
struct ScanTests {
    @Test(
        "every form resolves to the one asset, offline",
        arguments: [
            "AB24-000123", "ab24 000123", "AB24000123", "GD-101", "gd101", "(01)04012345678901(21)AB24-000123", "(21)AB24-000123",
            "]d20104012345678901\u{1D}21AB24-000123",
            "010401234567890121AB24-000123", "(8004)0401234GD-101", "80040401234AB24-000123", "https://id.example/01/04012345678901/21/AB24-000123",
            "https://id.example/8004/0401234GD-101", "https://maker.example/p?sn=AB24-000123&x=1", "https://maker.example/p?serial=AB24%2D000123",
            "  AB24-000123\n", "truckroll:asset/01990000-0000-8000-8000-000000700007", "asset/01990000-0000-8000-8000-000000700007",
        ])
    func resolves(text: String) throws {
        let bench = try Bench()
        #expect(try bench.client.findAsset(text) == bench.world.asset)
    }

    @Test(
        "a wrong check digit, nothing, and too much are misread",
        arguments: ["(01)04012345678902(21)AB24-000123", "   ", String(repeating: "A", count: 600)])
    func misread(text: String) throws {
        let bench = try Bench()
        let problem = #expect(throws: DeviceProblem.self) { try bench.client.findAsset(text) }
        #expect(problem?.code == "misread")
    }

    @Test(
        "an unknown text finds nothing, whatever it looks like",
        arguments: ["XX", "(", "(21", "()", "(21)", "01", "0104", "8004", "://", "https://", "\u{1D}", "]d2", "💥", "%"])
    func unknown(text: String) throws {
        let bench = try Bench()
        #expect(throws: DeviceProblem.self) { try bench.client.findAsset(text) }
    }

    @Test("a nearly right serial number names what is near it", arguments: ["AB24-000124", "AB24-00123", "AB24-000132", "GD-103"])
    func near(text: String) throws {
        let bench = try Bench()
        let problem = #expect(throws: DeviceProblem.self) { try bench.client.findAsset(text) }
        #expect(problem?.detail.contains("near: GD-101") == true)
    }

    @Test("two assets of one serial number are listed, and the order's own is taken on its job")
    func ambiguous() throws {
        let bench = try Bench { drafts, world in
            drafts.append(
                .init("asset", id: World.id(60), ["model": .reference(world.model), "serial": .text("AB24-000123"), "site": .reference(world.site)]))
        }
        let problem = #expect(throws: DeviceProblem.self) { try bench.client.findAsset("AB24-000123") }
        #expect(problem?.code == "ambiguous")
        #expect(try bench.client.findAsset("AB24-000123", on: bench.world.order) == bench.world.asset)
    }

    @Test("a sighting is recorded, and a stranger to the job is told")
    func records() throws {
        let bench = try Bench()
        #expect(try bench.client.scan("GD-101", on: bench.world.order).notices.isEmpty)
        #expect(try bench.client.scan("GD-102", on: bench.world.order).notices.count == 1)
        #expect(try bench.client.read { try $0.views("scan").count } == 2)
    }
}
