import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync
import TruckrollTerminal

struct StatusCommand: FieldVerb {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What is only on this device, what was sent, what is stored, what needs attention.",
        discussion: Teach.text(
            "Counts change sets (one is what one action changed) and lists those the server has not answered. Works without a network.", "status",
            "status --json", exits: "0 nothing needs attention, 1 failed, 4 something does, 64 bad usage."))

    @OptionGroup var global: GlobalOptions

    func perform(_ desk: Desk) async throws {
        let standing = try desk.client.standing()
        desk.print(json: Self.json(standing))
        try desk.nameZone()
        desk.print(Self.block(standing))
        if !standing.sets.isEmpty {
            desk.print("")
            desk.print(SetTable.table(standing.sets, empty: ""))
        }
        if standing.waitsForUser > 0 { throw ExitStatus.attention.code }
    }

    private static func block(_ standing: DeviceStanding) -> KeyValueBlock {
        var block = KeyValueBlock(title: "\(standing.user) at \(standing.tenant)")
        block.section("Change sets")
        block.add("on this device", Sign.sign(.onDevice) + " \(standing.onDevice)")
        block.add("sent", Sign.sign(.sent) + " \(standing.sent)")
        block.add("stored", Sign.sign(.stored) + " \(standing.stored)")
        block.add(
            "needs attention", standing.needsAttention == 0 ? "! 0" : Sign.sign(.needsAttention) + StyledText(" \(standing.needsAttention)", .red))
        if standing.waitsForUser > standing.needsAttention {
            block.add("waits for you", StyledText("\(standing.waitsForUser): truckroll-field attention", .yellow))
        }
        if standing.stuck > 0 {
            block.add(
                "held up",
                StyledText(
                    "\(standing.stuck.counted("change set")) did not reach the server though the last sync did. Sync again; if it stays, export the outbox and tell the office.",
                    .red))
        }
        block.add("attachments to upload", "\(standing.attachmentsWaiting)")
        block.section("Sync")
        block.add("server", StyledText(standing.server))
        let ago = standing.offlineSeconds.map { Words.duration($0) + " ago" }
        block.add("last contact", StyledText(ago.map { "\($0) (\(Words.clock(standing.lastSync)))" } ?? "none yet: this device has never synced"))
        block.add(
            "checkpoint",
            StyledText(standing.checkpoint.map { "position \($0.position) of epoch \($0.epoch), \(standing.scopes.counted("scope"))" } ?? "none yet"))
        if let filling = standing.filling { block.add("still coming", StyledText(words(filling), .yellow)) }
        block.add(
            "backup",
            standing.hasBackup
                ? StyledText("safely kept up to position \(standing.durable)")
                : StyledText("the server knows of none; what it took from here this device keeps as well", .yellow))
        block.add("clock", clock(standing))
        if let words = versions(standing) { block.add("versions", words) }
        block.section("Device")
        block.add("replica", "\(standing.replica), series \(standing.series)")
        if let running = standing.runningLabour { block.add("labour clock", StyledText("\(running.kind) since \(running.startedAt.clock)", .cyan)) }
        return block
    }

    private static func words(_ filling: DeviceEngine.FillingStanding) -> String {
        let classes =
            switch filling.visible {
            case nil: "everything"
            case .first: "jobs after tomorrow, the catalogue"
            case .second, .third: "the catalogue"
            }
        return classes + (filling.total > 0 ? " (\(filling.kept) of \(filling.total) records)" : "") + "; sync goes on with it"
    }

    private static func versions(_ standing: DeviceStanding) -> StyledText? {
        guard standing.versions != nil else { return nil }
        return switch standing.upgrade {
        case .none: "this app and the server know the same"
        case .required: StyledText("this app is too old: what you record is still taken, and nothing new comes. Update it.", .red)
        case .recommended:
            StyledText("the server knows more than this app can show, and nothing of it is lost. Update the app when you can.", .yellow)
        case .server: StyledText("the server is older than this app; what it cannot take yet waits. The office can update it.", .yellow)
        }
    }

    private static func clock(_ standing: DeviceStanding) -> StyledText {
        let (offset, shift) = (standing.clockOffsetMilliseconds, standing.clockWasSetByMilliseconds)
        func words(_ milliseconds: Int64) -> String { Words.duration(Int(clamping: milliseconds.magnitude) / 1000) }
        guard shift == 0 else {
            return StyledText(
                "set \(shift > 0 ? "forward" : "back") by \(words(shift)) since the last sync; times go on from that sync. Sync to measure it anew.",
                .yellow)
        }
        guard offset.magnitude >= 2000 else { return "agrees with the server" }
        let text = "\(words(offset)) \(offset > 0 ? "behind" : "ahead of") the server at the last sync; times are corrected by that."
        return offset.magnitude < 120_000 ? StyledText(text) : StyledText(text + " Set it right, then sync.", .yellow)
    }

    private static func json(_ standing: DeviceStanding) -> JSONValue {
        [
            "user": .string(standing.user), "tenant": .string(standing.tenant), "server": .string(standing.server),
            "device": .string(standing.device.description), "replica": .int(Int(standing.replica.rawValue)), "series": .string(standing.series),
            "on_this_device": .int(standing.onDevice), "sent": .int(standing.sent), "stuck": .int(standing.stuck), "stored": .int(standing.stored),
            "needs_attention": .int(standing.needsAttention), "attachments_waiting": .int(standing.attachmentsWaiting),
            "last_sync": .time(standing.lastSync), "offline_seconds": .number(standing.offlineSeconds),
            "checkpoint": standing.checkpoint.map {
                [
                    "epoch": .string($0.epoch.description), "position": .position($0.position),
                    "view_version": .int(Int(clamping: $0.viewVersion)),
                ]
            } ?? .null,
            "durable_position": .position(standing.durable), "backup_configured": .bool(standing.hasBackup),
            "upgrade": .string(standing.upgrade.rawValue), "server_schema": .number(standing.versions.map { Int($0.schemaVersion) }),
            "server_protocol": .number(standing.versions.map { Int($0.protocolVersion) }),
            "waits_for_user": .int(standing.waitsForUser), "clock_offset_ms": .int(Int(standing.clockOffsetMilliseconds)),
            "clock_set_by_ms": .int(Int(standing.clockWasSetByMilliseconds)), "scopes": .int(standing.scopes),
            "still_coming": standing.filling.map {
                [
                    "visible_class": .number($0.visible.map { Int($0.rawValue) }), "records": .int($0.kept), "records_total": .int($0.total),
                ]
            } ?? .null,
            "labour_clock": standing.runningLabour.map {
                ["order": .string($0.order.description), "kind": .string($0.kind), "started_at": .time($0.startedAt)]
            } ?? .null,
            "sets": .array(standing.sets.map { SetTable.json($0) }),
        ]
    }
}

/// Change sets of this device in a table.
enum SetTable {
    static func table(_ sets: [SetLine], empty: String) -> Table {
        var table = Table(
            [
                .init("Set", .right), .init("What"), .init("About", .left, .truncates(minimum: 12)), .init("When"), .init("Where"),
                .init("Said", .left, .wraps(minimum: 16)),
            ],
            emptyText: empty)
        for set in sets {
            let said = set.remarks.map { $0.text + ($0.remedies.isEmpty ? "" : " (\($0.remedies.joined(separator: "; ")))") }.joined(separator: " ")
            table.addRow(
                StyledText(set.id.description), StyledText(set.intent), StyledText(set.subjects.joined(separator: ", ")),
                StyledText(Words.clock(set.madeAt)),
                Sign.text(set.place) + StyledText(set.outcome == .setAside || set.outcome == .quarantined ? ": \(set.outcome?.name ?? "")" : ""),
                StyledText(said))
        }
        return table
    }

    static func json(_ set: SetLine) -> JSONValue {
        [
            "set": .string(set.id.description), "intent": .string(set.intent), "made_at": .time(set.madeAt), "where": .string(set.place.rawValue),
            "outcome": .text(set.outcome?.name), "position": .number(set.position.map { Int(clamping: $0.rawValue) }), "about": .texts(set.subjects),
            "remarks": .array(
                set.remarks.map { ["code": .string($0.code), "op": .int($0.op), "text": .string($0.text), "remedies": .texts($0.remedies)] }),
            "written": .array(
                set.written.map {
                    ["record": .string($0.record), "field": .string($0.field), "value": .string($0.value), "server_value": .text($0.serverValue)]
                }),
        ]
    }
}
