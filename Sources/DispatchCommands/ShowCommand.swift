import ArgumentParser
import CommandSupport
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync
import TruckrollTerminal

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an order with its tasks, what was recorded on it, planning, history and open cases.",
        discussion: """
            EXAMPLE
              truckroll-dispatch show SO-2026-000001

            EXIT STATUS: 0 shown, being offline included; 64 bad usage; 1 anything else, an unknown order included.
            JSON: number, state, kind, priority, title, problem, channel, po_reference, requested_at, due_at, respond_by, resolve_by, required_documents, links, next, \
            customer, site, assets, tasks, task_notes, readings, findings, labour, parts, reservations, notes, attachments, signatures, \
            appointments, events, requests, exceptions, certificates, devices, id, synced, as_of_position. What was recorded has the members \
            that `truckroll-field show --json` gives it.
            """)

    @OptionGroup var options: DispatchOptions
    @Argument(help: "The order's number, its end, or its id.") var order: String

    func run() async throws {
        try await options.run { session in
            let reach = try await session.sync()
            // Without an answer all else is shown.
            let fleet = reach.isReached ? try? await session.client.fleet() : nil
            try session.print(reach) { reader, calendar in
                let sheet = try DispatchOrderSheet(try DispatchLookup(reader).order(order), reader)
                return (sheet.json + [("devices", sheet.devices(fleet))], [sheet.block(calendar, fleet)] + sheet.tables(calendar))
            }
            return .done
        }
    }
}

extension DispatchOrderSheet {
    /// The devices of those who are planned on it: how old what they show of it is; `null` where the server was not asked.
    fileprivate func devices(_ fleet: Fleet?) -> JSONValue {
        guard let fleet else { return .null }
        return .array(appointments.filter(\.isActive).flatMap { fleet.devices(of: $0.technician) }.map(\.json))
    }

    fileprivate func block(_ calendar: DispatchCalendar, _ fleet: Fleet?) -> KeyValueBlock {
        var block = KeyValueBlock(title: StyledText("\(order.text("number") ?? order.id.short)  \(order.text("title") ?? "")"))
        block.add("State", .state(order.text("state")))
        block.add("Kind", StyledText((order.text("kind") ?? "").words))
        block.add("Priority", Words.priority(order.standing("priority")))
        block.add("Problem", StyledText(problem ?? ""))
        block.add("Requested", StyledText(calendar.spoken(order.text("requested_at"))))
        block.add("Due", StyledText(calendar.spoken(order.text("due_at"))))
        if order["respond_by"] != .null { block.add("Somebody there by", StyledText(calendar.spoken(order.text("respond_by")))) }
        if order["resolve_by"] != .null { block.add("Done by", StyledText(calendar.spoken(order.text("resolve_by")))) }
        for link in work.links { block.add(link.isEarlier ? "Follows" : "Followed by", StyledText(link.words)) }
        block.add("Purchase order", StyledText(order.text("po_reference") ?? ""))
        block.add("Documents", StyledText(order["required_documents"].spoken().words))
        block.section("Where")
        block.add("Customer", StyledText([customer?.text("number"), customer?.text("name")].compactMap(\.self).joined(separator: " ")))
        let address = ["street", "postal_code", "city"].compactMap { site?.text($0) }.joined(separator: ", ")
        block.add("Site", StyledText([site?.text("name") ?? "", address].filter { !$0.isEmpty }.joined(separator: ", ")))
        let requirements = (site?["requirements"].list ?? []).compactMap(\.text)
        if !requirements.isEmpty { block.add("Requirements", StyledText(requirements.joined(separator: "; "), .yellow)) }
        for asset in assets { block.add("Asset", StyledText([asset.text("serial"), asset.text("tag")].compactMap(\.self).joined(separator: ", "))) }
        block.section("Planning")
        if appointments.isEmpty { block.add("Technician", StyledText("nobody", .dim)) }
        for appointment in appointments {
            let times = "\(calendar.spoken(appointment.starts?.description)) to \(appointment.ends.map { calendar.local($0).clock } ?? "")"
            let end = appointment.isActive ? "" : " (ended: \(appointment.endedBecause ?? ""))"
            block.add("Technician", StyledText("\(appointment.technicianName), \(times)\(end)", appointment.isActive ? .plain : .dim))
            guard appointment.isActive, let device = fleet?.devices(of: appointment.technician).first else { continue }
            let data = device.isCurrent ? "up to date" : "data of \(device.dataOf.map { calendar.spoken($0.description) } ?? "a moment not known")"
            let heard = device.heardAt.map { "heard \(calendar.spoken($0.description))" } ?? "never heard"
            block.add("  device", StyledText("\(heard), \(data), holds \(device.held(calendar))", device.holdsWork ? .yellow : .plain))
        }
        for view in exceptions where view.text("state") == "open" { block.add("Exception", StyledText(view.text("text") ?? "", .yellow)) }
        for view in certificates {
            block.add("Certificate", StyledText("\(view.text("number") ?? "") (\((view.text("state") ?? "not registered").words))"))
        }
        return block
    }

    func tables(_ calendar: DispatchCalendar) -> [any TerminalContent] {
        let recorded = ([("Tasks", work.taskTable), ("Notes on tasks", work.taskNotesTable)] + work.recorded).filter { !$0.1.rows.isEmpty }
        var history = Table(
            [
                .init("When"), .init("Event"), .init("By", .left, .truncates(minimum: 8)), .init("State after"),
                .init("Note", .left, .wraps(minimum: 16)),
            ],
            emptyText: "No events.")
        for event in events {
            let style: Style = event.boolean("effective") ? .plain : .dim
            history.addRow(
                StyledText(calendar.spoken(event.text("at")), style), StyledText((event.text("event") ?? "").words, style),
                StyledText(name(event.reference("by")), style),
                StyledText(event.boolean("effective") ? (event.text("state_after") ?? "").words : "no effect", style),
                StyledText([event.text("reason"), event.text("ruling")].compactMap(\.self).joined(separator: " "), style))
        }
        var wishes = Table(
            [.init("When"), .init("Planning", .left, .wraps(minimum: 20)), .init("By"), .init("Answer", .left, .wraps(minimum: 12))],
            emptyText: "Nobody planned it from this office.")
        for step in planning where !step.isEvent {
            wishes.addRow(
                StyledText(calendar.spoken(step.fact.at?.description)), StyledText(step.text), StyledText(step.fact.by), StyledText(step.answer ?? "")
            )
        }
        return recorded.map { TitledTable(title: $0.0, table: $0.1) } + [
            TitledTable(title: "History", table: history), TitledTable(title: "Planning", table: wishes),
        ]
    }

    var json: [(String, JSONValue)] {
        let fields = [
            "number", "state", "kind", "priority", "title", "channel", "po_reference", "requested_at", "due_at", "respond_by", "resolve_by",
            "required_documents",
        ]
        func list(_ views: [RecordView], _ names: [String], people: [String] = []) -> JSONValue {
            .array(
                views.map { view in
                    .object(
                        JSONValue.members(view, names) + people.map { ($0, .text(view.reference($0).map(name))) } + [
                            ("id", .string("\(view.id)"))
                        ])
                })
        }
        return JSONValue.members(order, fields) + [
            ("problem", .text(problem)), ("links", .array(work.links.map(\.json))),
            ("next", .array(work.nextSteps.map { ["event": .string($0.rawValue), "roles": .texts($0.roles.map(\.rawValue).sorted())] })),
            ("customer", customer.map { .object(JSONValue.members($0, ["number", "name"])) } ?? .null),
            ("site", site.map { .object(JSONValue.members($0, ["name", "street", "postal_code", "city"])) } ?? .null),
            ("assets", list(assets, ["serial", "tag"])), ("tasks", .array(zip(tasks, work.tasks).map { Self.json($0, $1) })),
            ("task_notes", .array(work.taskNotes.map(\.json))), ("readings", .array(work.readings.map(\.json))),
            ("findings", .array(work.findings.map(\.json))), ("labour", .array(work.labour.map(\.json))),
            ("parts", .array(work.parts.map(\.json))), ("reservations", .array(work.reservations.map(\.json))),
            ("notes", .array(work.notes.map(\.json))), ("attachments", .array(work.attachments.map(\.json))),
            ("signatures", .array(work.signatures.map(\.json))),
            ("appointments", .array(appointments.map { .appointment($0) })),
            ("events", list(events, ["event", "at", "effective", "state_after", "reason", "ruling"], people: ["by", "technician"])),
            ("requests", list(requests, ["action", "starts_at", "ends_at", "state", "answer"], people: ["technician", "instead_of"])),
            ("exceptions", list(exceptions, ["kind", "state", "owner", "raised_at", "text"], people: ["about"])),
            ("certificates", list(certificates, ["number", "kind", "revision", "state"], people: ["by"])), ("id", .string("\(order.id)")),
        ]
    }
    private static func json(_ view: RecordView, _ line: TaskLine) -> JSONValue {
        .object(
            JSONValue.members(view, ["title", "mandatory", "state"]) + [
                ("asset", .text(line.asset)), ("answers", .texts(line.answers.map(\.value))), ("remark", .text(line.remark)),
                ("id", .string("\(view.id)")),
            ])
    }
}

/// A table under its title.
private struct TitledTable: TerminalContent {
    let title: String
    let table: Table

    func lines(for terminal: Terminal) -> [String] { StyledText(title, .bold).lines(for: terminal) + table.lines(for: terminal) }
}
