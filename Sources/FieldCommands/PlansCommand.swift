import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

struct PlansCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plans", abstract: "What maintenance comes round, and when.",
        discussion: Teach.text(
            "The server makes the orders of a plan. Offline you can make one that is due; where both do, it is one order.", "plans",
            "plans --asset HK18-000001", "plans order ACME-2026-D4-M3-7", exits: Teach.recorded),
        subcommands: [List.self, Order.self], defaultSubcommand: List.self)

    struct List: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "The plans of the assets on this device, the next due first.",
            discussion: Teach.text("", "plans list --asset HK18-000001", exits: Teach.read))
        @Option(help: "Only those of an asset: tag, serial number or scan.") var asset: String?
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            let plans = try desk.client.plans(of: try asset.map { try desk.client.findAsset($0) })
            desk.print(PlanLine.table(plans))
            desk.print(json: ["plans": .array(plans.map(\.json))])
        }
    }

    struct Order: FieldVerb {
        static let configuration = CommandConfiguration(
            commandName: "order", abstract: "Make the order that a plan asks for now.",
            discussion: Teach.text("", "plans order ACME-2026-D4-M3-7", exits: Teach.recorded))
        @Argument(help: "The plan: number, id, or the end of either.") var plan: String
        @OptionGroup var global: GlobalOptions

        func perform(_ desk: Desk) async throws {
            desk.report(try desk.client.orderDue(of: try desk.client.findPlan(plan)), "Ordered")
        }
    }
}
