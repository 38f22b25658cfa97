import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("The rules about a job's assets")
struct CheckTests {
    private func bench(zone: String, marking: String, gases: [String] = [], gasGroup: String = "IIA") throws -> Bench {
        try Bench(state: .in_progress) { drafts, world in
            drafts.removeAll {
                ["hazardous_area", "asset_model", "asset"].contains($0.entity) && [world.area, world.model, world.asset].contains($0.id)
            }
            drafts.append(
                RecordDraft(
                    "hazardous_area", id: world.area,
                    [
                        "site": .reference(world.site), "name": .text("Pump room"), "gas_zone": .text(zone), "gas_group": .text(gasGroup),
                        "gases": .list(gases.map { .text($0) }),
                    ]))
            drafts.append(
                RecordDraft(
                    "asset_model", id: world.model,
                    ["maker": .text("Maker"), "name": .text("GD-1"), "kind": .text("fixed_detector"), "ex_marking": .text(marking)]))
            drafts.append(
                RecordDraft(
                    "asset", id: world.asset,
                    [
                        "model": .reference(world.model), "serial": .text("SN-1"), "tag": .text("GD-101"), "site": .reference(world.site),
                        "area": .reference(world.area), "fitness": .text("in_service"),
                    ]))
            drafts.append(
                RecordDraft(
                    "gas", id: World.id(77),
                    [
                        "cas": .text("60-29-7"), "name": .text("Diethyl ether"), "source": .text("IEC 60079-20-1:2010"),
                        "ignition_celsius": .integer(175),
                        "gas_group": .text("IIB"),
                    ]))
        }
    }

    private func codes(_ bench: Bench) throws -> [String] {
        let checks = try bench.client.check(bench.world.order)
        #expect(checks.map(\.name) == ["GD-101"] && checks.first?.area == "Pump room")
        return checks.first?.report?.findings.map(\.code) ?? ["none"]
    }

    @Test("an asset is checked against the area it stands in, with its gases as this device knows them")
    func checked() throws {
        #expect(try codes(bench(zone: "1", marking: "II 2G Ex db IIC T4 Gb")).isEmpty)
        #expect(try codes(bench(zone: "0", marking: "II 2G Ex db IIC T4 Gb")) == ["ex-zone"])
        #expect(try codes(bench(zone: "1", marking: "II 2G Ex db IIB T3 Gb", gases: ["60-29-7"])).starts(with: ["ex-temperature"]))
        #expect(try codes(bench(zone: "1", marking: "II 2G Ex db IIA T4 Gb", gases: ["60-29-7"])).starts(with: ["ex-group"]))
    }

    @Test("an asset whose area is not known is said to be so, and speaks for nothing")
    func unknown() throws {
        let bench = try Bench(state: .in_progress)
        let checks = try bench.client.check(bench.world.secondOrder)
        #expect(checks.isEmpty)
    }
}
