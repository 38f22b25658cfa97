import Foundation
import Testing
import TruckrollCore
import TruckrollDomain
import TruckrollStoreSQLite

@Suite("Schemas")
struct SchemaTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func file(_ path: String) throws -> String { try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8) }

    @Test("every file in Schemas/entities is compiled in")
    func complete() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.root.appendingPathComponent("Schemas/entities").path)
            .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
        #expect(Set(files) == Set(try Schema.load().entities.map(\.name)))
    }

    @Test("docs/fields.md follows from the schemas")
    func documentation() throws {
        #expect(
            try Self.file("docs/fields.md") == FieldDocumentation(try Schema.load()).text,
            "run truckroll-server schema --documentation > docs/fields.md")
    }

    @Test("Schemas/tables.sql follows from the schemas")
    func tables() throws {
        let text = EntityTables.statements(for: try Schema.load()).map { $0 + ";\n" }.joined()
        #expect(try Self.file("Schemas/tables.sql") == text, "run truckroll-server schema --tables > Schemas/tables.sql")
    }

    @Test("references and scope templates name what exists")
    func references() throws {
        let schema = try Schema.load()
        for entity in schema.entities {
            for field in entity.fields { if let name = field.references { #expect(schema[name] != nil, "\(entity.name).\(field.name)") } }
            let templates = entity.scopes.values.flatMap { $0 } + entity.edges.flatMap { [$0.parent, $0.child] }
            for field in templates.compactMap(\.field) where field != "id" { #expect(entity[field] != nil, "\(entity.name): {\(field)}") }
            for edge in entity.edges { for field in edge.condition.keys { #expect(entity[field] != nil) } }
        }
    }

    @Test("restricted facets lie in no scope that a technician's view holds by right")
    func facets() throws {
        let open: Set<String> = ["people", "catalogue", "tenant", "locations"]
        for entity in try Schema.load().entities {
            for (facet, templates) in entity.scopes where facet != .common {
                for template in templates { #expect(!open.contains(template.prefix), "\(entity.name)/\(facet.name)") }
            }
        }
    }

    @Test("entries of a log have no field that can be patched")
    func logs() throws {
        for entity in try Schema.load().entities where entity.isLog {
            for field in entity.fields { #expect(!field.rule.isPatchable, "\(entity.name).\(field.name)") }
        }
    }

    @Test("the states and events of the workflow are those of the schema")
    func workflow() throws {
        let schema = try Schema.load()
        #expect(schema["service_order"]?["state"]?.type == .enumeration(OrderState.allCases.map(\.rawValue)))
        #expect(schema["order_event"]?["event"]?.type == .enumeration(OrderEvent.allCases.map(\.rawValue)))
    }
}

@Suite("Typed values")
struct TypedValueTests {
    @Test(
        "decimals are exact and refuse everything else",
        arguments: ["", "-", "1.", ".5", "1e3", "NaN", "1,5", "1.1234567", "1234567890123", " 1", "+1", "٣"])
    func refusedQuantity(text: String) { #expect(Quantity(text) == nil) }

    @Test("decimals are written in their shortest form", arguments: [("1.500", "1.5"), ("-0.25", "-0.25"), ("007", "7"), ("0.000001", "0.000001")])
    func quantity(text: String, shortest: String) { #expect(Quantity(text)?.description == shortest) }

    @Test(
        "times that are no times are refused",
        arguments: [
            "2026-02-30T10:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T10:00:00", "2026-01-01T10:00:00+18:01", "2026-1-1T10:00:00Z",
            "2026-01-01 10:00:00Z", "2026-01-01T10:00:60Z", "10000-01-01T00:00:00Z",
        ])
    func refusedTime(text: String) { #expect(DeviceTime(text) == nil) }

    @Test(
        "times keep their instant and offset",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-11-23T08:30:00+01:00", 1_795_419_000_000), ("0001-01-01T00:00:00Z", -62_135_596_800_000),
            ("1969-12-31T23:59:59.5-00:30", 1_799_500),
        ] as [(String, Int64)])
    func time(text: String, milliseconds: Int64) throws { #expect(try #require(DeviceTime(text)).milliseconds == milliseconds) }

    @Test(
        "a day starts at local midnight, also on the days the clocks change",
        arguments: [
            ("2026-03-29T12:00:00Z", "2026-03-29T00:00:00+01:00"), ("2026-10-25T12:00:00Z", "2026-10-25T00:00:00+02:00"),
            ("2026-11-23T23:30:00Z", "2026-11-24T00:00:00+01:00"),
        ])
    func day(instant: String, midnight: String) throws {
        let calendar = TenantCalendar(timeZone: "Europe/Berlin")
        let start = calendar.startOfDay(try #require(DeviceTime(instant)).milliseconds, addingDays: 0)
        #expect(calendar.local(start).description == midnight)
    }
}

@Suite("Workflow")
struct WorkflowTests {
    @Test("docs/workflows.md follows from the machines, and the protocol's table says the same")
    func document() throws {
        #expect(try SchemaTests.file("docs/workflows.md") == WorkflowDocument.text)
        let page = try SchemaTests.file("Protocol/05-workflow.md")
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        for transition in OrderWorkflow.transitions {
            let own = rows.filter { $0.count == 4 && $0[0].split(separator: ", ").contains(Substring(transition.event.rawValue)) }
            let from = Set(transition.from.map(\.rawValue))
            #expect(
                own.contains { row in
                    let roles = transition.event.roles.map(\.rawValue)
                    let isOwnersNamed = roles.isEmpty ? row[3] == "the server" : roles.allSatisfy { row[3].contains($0) }
                    return Set(row[1].components(separatedBy: ", ")) == from && row[2] == transition.to.rawValue && isOwnersNamed
                }, "\(transition.event.rawValue)")
        }
        // The page has no row that the machine has not.
        let events = Set(OrderEvent.allCases.map(\.rawValue))
        let states = Set(OrderState.allCases.map(\.rawValue))
        let rowsOfMachine = rows.filter { $0.count == 4 && states.contains($0[2]) && $0[0].components(separatedBy: ", ").allSatisfy(events.contains) }
        let named = rowsOfMachine.flatMap { row in row[0].components(separatedBy: ", ").map { "\($0) \(row[1]) \(row[2])" } }
        #expect(named.count == OrderWorkflow.transitions.count + 1)
    }

    @Test("every state is reachable, and none but the last ones is dead")
    func reachable() {
        var reached: Set<OrderState> = [.draft]
        var grew = true
        while grew {
            grew = false
            for transition in OrderWorkflow.transitions where !transition.from.isDisjoint(with: reached) {
                if reached.insert(transition.to).inserted { grew = true }
            }
        }
        #expect(Set(OrderState.allCases).subtracting(reached).isEmpty)
        for state in OrderState.allCases where state != .closed && state != .cancelled {
            #expect(!OrderWorkflow.events(in: state).isEmpty, "\(state)")
        }
        #expect(OrderWorkflow.events(in: .closed).isEmpty)
    }

    @Test(
        "events beside an unseen reassignment are decided by name",
        arguments: [
            (OrderEvent.accept, OrderState.dispatched, [OrderEvent.reassign], "reassignment-stands"), (.start, .on_site, [.reassign], "double"),
            (.start, .on_site, [.reassign, .accept, .start], "double"), (.complete, .in_progress, [.reassign], "void"),
            (.complete, .in_progress, [.reassign, .accept], "void"), (.complete, .in_progress, [.reassign, .start], "effective"),
            (.complete, .in_progress, [.reassign, .start, .complete], "confirmation"), (.complete, .accepted, [.reassign], "illegal-event"),
        ])
    func reassigned(event: OrderEvent, branch: OrderState, unseen: [OrderEvent], expected: String) {
        let ruling = EventRuling.decide(event, present: .dispatched, branch: branch, unseen: unseen)
        let name =
            switch ruling {
            case .effective: "effective"
            case .doubleAssignment: "double"
            case .reassignmentVoid: "void"
            case .cancellationAsked: "asked"
            case .notEffective(let rule, _): rule
            }
        #expect(name == expected)
    }

    @Test("a start that did not know of the cancellation turns it into a request; travelling does not")
    func cancelled() {
        #expect(EventRuling.decide(.start, present: .cancelled, branch: .on_site, unseen: [.cancel]) == .cancellationAsked(.in_progress))
        guard case .notEffective(let rule, _) = EventRuling.decide(.arrive, present: .cancelled, branch: .en_route, unseen: [.cancel]) else {
            Issue.record("arriving must not be effective")
            return
        }
        #expect(rule == "cancel-stands")
    }
}
