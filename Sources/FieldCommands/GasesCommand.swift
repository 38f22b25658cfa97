import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollTerminal

/// The calibration gases at hand.
struct GasesCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "gases", abstract: "The cylinders of calibration gas in your van.",
        discussion: Teach.text(
            "An expired or withdrawn cylinder carries no certificate. Name one in `reading --cylinder`.", "gases", exits: Teach.read))
    @Flag(help: "All cylinders this device knows.") var all = false
    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let gases = try desk.client.gases(all: all)
        var table = Table(
            [.init("Cylinder"), .init("Gas"), .init("Concentration", .right), .init("Lot"), .init("Use until"), .init("State"), .init("Lies in")],
            emptyText: "No cylinders are booked to your van; see all with --all.", footer: StyledText(gases.count.counted("cylinder")))
        for gas in gases {
            let state =
                gas.isWithdrawn ? StyledText("! withdrawn", .red) : gas.isExpired ? StyledText("! expired", .red) : StyledText("usable", .green)
            table.addRow(
                StyledText(gas.cylinder, .bold), StyledText(gas.gas), StyledText(gas.concentration), StyledText(gas.lot), StyledText(gas.expiresOn),
                state,
                StyledText(gas.location))
        }
        desk.print(table)
        desk.print(
            json: [
                "gases": .array(
                    gases.map {
                        [
                            "id": .string("\($0.id)"), "cylinder": .string($0.cylinder), "gas": .string($0.gas),
                            "concentration": .string($0.concentration),
                            "lot": .string($0.lot), "expires_on": .string($0.expiresOn), "usable": .bool($0.isUsable),
                            "location": .string($0.location),
                        ]
                    })
            ])
    }
}
