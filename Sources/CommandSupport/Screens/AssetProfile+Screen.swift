import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollTerminal

extension AssetProfile {
    /// All but what happened: as a page, then its lists.
    public var screen: [any TerminalContent] {
        [head]
            + ([
                ("Placements", placementTable), ("Meters", meterTable), ("In it", fittedTable), ("Comes round", planTable),
                ("Open orders", orderTable),
            ]
            as [(String, Table)]).filter { !$0.1.rows.isEmpty }.flatMap { [StyledText($0.0, .bold) as any TerminalContent, $0.1] }
    }

    private var head: KeyValueBlock {
        var block = KeyValueBlock(title: StyledText(card.name))
        block.add("model", StyledText(card.model))
        block.add("serial", StyledText(card.serial))
        block.add("stage", StyledText(Words.spaced((stage ?? .active).rawValue)))
        block.add("fitness", StyledText(Words.spaced(card.fitness ?? ""), ["in_service", "due", nil].contains(card.fitness) ? .plain : .red))
        block.add("owner", StyledText(owner ?? ""))
        block.add("site", StyledText(site ?? ""))
        block.add("area", StyledText(card.area ?? ""))
        block.add("mounting", StyledText(card.mounting ?? ""))
        block.add("part of", StyledText(parent ?? ""))
        block.add("its parts", StyledText(parts.joined(separator: ", ")))
        block.add("installed", StyledText(installedOn ?? ""))
        if let warranty {
            let from = warranty.from.map { "\($0) to " } ?? "to "
            block.add("warranty", StyledText("\(from)\(warranty.until)", warranty.isRunning ? .green : .dim))
        }
        block.add("calibration due", StyledText(card.calibrationDue ?? ""))
        for channel in card.channels {
            block.add("channel \(channel.number)", "\(channel.gas), \(channel.rangeLow ?? "0")–\(channel.rangeHigh) \(channel.unit)")
        }
        for setting in settings {
            let values = setting.values.map(\.value).joined(separator: " ⟷ ")
            block.add(setting.name, StyledText(values, setting.values.count > 1 ? .yellow : .plain))
        }
        return block
    }

    /// Where it stood and whose it was.
    public var placementTable: Table {
        var table = Table(
            [
                .init("From"), .init("Until"), .init("Owner", .left, .truncates(minimum: 10)), .init("Site", .left, .truncates(minimum: 10)),
                .init("Area"), .init("Mounting", .left, .wraps(minimum: 10)), .init("Part of"), .init("Why", .left, .wraps(minimum: 8)), .init("Id"),
            ], emptyText: "It never moved.")
        for line in placements {
            table.addRow(
                StyledText(line.since.map { Words.clock($0) } ?? "not known"), StyledText(line.until.map { Words.clock($0) } ?? "–"),
                StyledText(line.owner), StyledText(line.site),
                StyledText(line.area ?? ""), StyledText(line.mounting ?? ""), StyledText(line.parent ?? ""), StyledText(line.reason ?? ""),
                StyledText("…\(line.id.short)", .dim))
        }
        return table
    }

    private var meterTable: Table { MeterLine.table(meters) }

    private var fittedTable: Table {
        var table = Table([.init("Part", .left, .truncates(minimum: 12)), .init("Serial"), .init("Channel", .right), .init("Since")], emptyText: "")
        for line in fitted {
            table.addRow(
                StyledText(line.part), StyledText(line.serial, .bold), StyledText(line.channel.map { "\($0)" } ?? ""),
                StyledText(Words.clock(line.since)))
        }
        return table
    }

    private var planTable: Table { PlanLine.table(plans) }

    private var orderTable: Table {
        var table = Table([.init("Order"), .init("Title", .left, .truncates(minimum: 12)), .init("State"), .init("Due"), .init("")], emptyText: "")
        for line in openOrders {
            table.addRow(
                StyledText(line.number, .bold), StyledText(line.title), Words.state(line.state, line.state?.rawValue),
                StyledText(Words.clock(line.dueAt)), StyledText(line.isPlanned ? "planned" : "", .dim))
        }
        return table
    }

    /// What happened, in time.
    public var timelineTable: Table {
        var table = Table(
            [.init("When"), .init("What"), .init("", .left, .wraps(minimum: 20)), .init("By"), .init("Order")], emptyText: "Nothing is known of it.")
        for line in timeline {
            table.addRow(
                StyledText(Words.clock(line.at)), StyledText(Words.spaced(line.kind)), StyledText(line.text), StyledText(line.by),
                StyledText(line.order))
        }
        return table
    }

    /// The whole profile.
    public var json: [(String, JSONValue)] {
        [
            ("asset", card.json), ("stage", .text((stage ?? .active).rawValue)), ("owner", .text(owner)), ("site", .text(site)),
            ("parent", .text(parent)), ("parts", .texts(parts)), ("installed_on", .text(installedOn)),
            (
                "warranty",
                warranty.map { ["from": .text($0.from?.description), "until": .string("\($0.until)"), "running": .bool($0.isRunning)] } ?? .null
            ),
            (
                "placements",
                .array(
                    placements.map {
                        [
                            "id": .string("\($0.id)"), "since": .time($0.since), "until": .time($0.until), "owner": .string($0.owner),
                            "site": .string($0.site), "area": .text($0.area), "mounting": .text($0.mounting), "parent": .text($0.parent),
                            "reason": .text($0.reason),
                        ]
                    })
            ),
            (
                "settings",
                .array(settings.map { ["name": .string($0.name), "values": .texts($0.values.map(\.value))] })
            ),
            ("meters", .array(meters.map(\.json))),
            (
                "fitted",
                .array(
                    fitted.map {
                        ["part": .string($0.part), "serial": .string($0.serial), "since": .time($0.since), "channel": .number($0.channel)]
                    })
            ),
            ("plans", .array(plans.map(\.json))),
            (
                "open_orders",
                .array(
                    openOrders.map {
                        [
                            "id": .string("\($0.id)"), "number": .string($0.number), "title": .string($0.title), "state": .text($0.state?.rawValue),
                            "due_at": .time($0.dueAt), "planned": .bool($0.isPlanned),
                        ]
                    })
            ),
        ]
    }

    /// What happened, for scripts.
    public var timelineJSON: JSONValue {
        .array(
            timeline.map {
                ["at": .time($0.at), "kind": .string($0.kind), "text": .string($0.text), "by": .string($0.by), "order": .string($0.order)]
            })
    }
}

extension MeterLine {
    /// Meters as a list.
    public static func table(_ lines: [MeterLine]) -> Table {
        var table = Table(
            [.init("Meter"), .init("Shows", .right), .init("In all", .right), .init("Unit"), .init("Life", .right), .init("Read")],
            emptyText: "It has no meter.")
        for line in lines {
            table.addRow(
                StyledText(line.name, .bold), StyledText(line.count.map { "\($0.value)" } ?? "–"),
                StyledText(line.count.map { "\($0.total)" } ?? "–"),
                StyledText(line.unit), StyledText(line.count.map { "\($0.life)" } ?? "–"), StyledText(Words.clock(line.readAt)))
        }
        return table
    }

    /// The meter.
    public var json: JSONValue {
        [
            "id": .string("\(id)"), "name": .string(name), "unit": .string(unit), "rolls_over_at": .text(rollsOverAt?.description),
            "life": .number(count?.life), "value": .text(count?.value.description), "total": .text(count?.total.description),
            "read_at": .time(readAt),
        ]
    }
}

extension PlanLine {
    /// Plans as a list.
    public static func table(_ lines: [PlanLine]) -> Table {
        var table = Table(
            [
                .init("Plan"), .init("Asset"), .init("Title", .left, .truncates(minimum: 12)), .init("Comes round", .left, .wraps(minimum: 16)),
                .init("Due"), .init("Last order"), .init("Status"),
            ], emptyText: "No plan is made.")
        for line in lines {
            let due = line.dueOn?.description ?? line.dueAt.map { "at \($0)" } ?? "–"
            let order = line.lastOrder.map { "\($0.number)\($0.state.map { " (\($0.title))" } ?? "")" } ?? "–"
            table.addRow(
                StyledText(line.number, .bold), StyledText(line.asset), StyledText(line.title), StyledText(line.rhythm),
                StyledText(due + (line.due.isEmpty ? "" : " now"), line.isOverdue ? [.bold, .red] : line.due.isEmpty ? .plain : .yellow),
                StyledText(order), StyledText(line.status, line.status == "active" ? .plain : .dim))
        }
        return table
    }

    /// The plan.
    public var json: JSONValue {
        [
            "id": .string("\(view.id)"), "number": .string(number), "title": .string(title), "asset": .string(asset), "status": .string(status),
            "rhythm": .string(rhythm), "due_on": .text(dueOn?.description), "due_at_total": .text(dueAt?.description),
            "due_periods": .texts(due.map(\.period)), "last_period": .text(view.text("last_period")), "last_order": .text(lastOrder?.number),
            "last_order_state": .text(lastOrder?.state?.rawValue), "overdue": .bool(isOverdue),
        ]
    }
}
