import Foundation
import Testing
import TruckrollClient
import TruckrollCore
import TruckrollDomain
import TruckrollSync

@Suite("A decision the server sets aside, by the real commands")
struct SetAsideTests {
    private let server: ServerProcess
    private let directory: URL
    private let femke: Tablet
    private let other: Tablet

    init() throws {
        server = try ServerProcess()
        try server.start()
        directory = try ServerProcess.directory()
        femke = try Tablet("P0101", of: server, in: directory)
        other = try Tablet("P0101", of: server, in: directory, named: "other")
    }

    private func order(_ client: DeviceClient) throws -> RecordID {
        try #require(try client.read { try $0.views("service_order").first { $0.text("number")?.hasSuffix("000001") == true }?.id })
    }

    /// Writes the reference of a purchase order, on condition that nobody else has meanwhile.
    private func write(_ reference: String, on tablet: Tablet, note: String? = nil) throws {
        try tablet.read { client in
            let order = try order(client)
            try client.commit("test") { editor in
                try editor.guardUnchanged("service_order", order, "po_reference")
                try editor.patch("service_order", order, ["po_reference": .text(reference)])
                guard let note else { return }
                try editor.create(
                    "note", ["order": .reference(order), "text": .text(note), "at": .text(editor.now.description), "by": .reference(editor.user)])
            }
        }
    }

    private func shown(on tablet: Tablet) throws -> String? {
        try tablet.read { client in
            let order = try order(client)
            return try client.read { try $0.view("service_order", order)?.text("po_reference") }
        }
    }

    /// What waits for the user, which is something.
    private func attention() throws -> [String: Any] {
        let result = try femke.tries("attention", "--json")
        #expect(result.status == 4, "\(result.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    @Test("the device shows the server's value, says why and what can be done, and keeps what was written until somebody has dealt with it")
    func setAside() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try write("PO-OTHER", on: other)
        try other.does("sync")
        try write("PO-FEMKE", on: femke, note: "a fact of the same set")
        #expect(try shown(on: femke) == "PO-FEMKE", "until it is answered, she sees what she wrote")
        let sync = try femke.tries("sync")
        #expect(sync.status == 4 && sync.output.contains("truckroll-field attention"), "\(sync.output)\(sync.errors)")
        #expect(try shown(on: femke) == "PO-OTHER")
        #expect(try femke.notes(on: "000001") == ["a fact of the same set"])
        #expect(try Tablet("P0101", of: server, in: directory, named: "fresh").notes(on: "000001") == ["a fact of the same set"])

        // Also after further syncs: nothing but a person takes it off.
        try femke.does("sync")
        let sets = try #require(try attention()["sets"] as? [[String: Any]])
        #expect(sets.count == 1)
        let set = try #require(sets.first)
        #expect(set["outcome"] as? String == "set aside", "\(set)")
        let remark = try #require((set["remarks"] as? [[String: Any]])?.first)
        #expect(remark["code"] as? String == "guard-failed")
        #expect((remark["text"] as? String)?.isEmpty == false)
        #expect((remark["remedies"] as? [String])?.isEmpty == false)
        let written = try #require(set["written"] as? [[String: Any]])
        let reference = try #require(written.first { $0["field"] as? String == "po_reference" })
        #expect(reference["value"] as? String == "PO-FEMKE")
        #expect(reference["server_value"] as? String == "PO-OTHER")
        #expect((reference["record"] as? String)?.contains("000001") == true, "\(reference)")

        let screen = try femke.tries("attention")
        for words in ["PO-FEMKE", "PO-OTHER", remark["text"] as? String ?? "?"] {
            // Lines of a table may be wrapped.
            let word = words.split(separator: " ").first.map(String.init) ?? words
            #expect(screen.output.contains(word), "\(screen.output)")
        }
        let number = try #require(set["set"] as? String)
        try femke.does("attention", "resolve", number)
        #expect(try femke.does("attention").contains("Nothing waits for you"))
        #expect(try shown(on: femke) == "PO-OTHER")
        try femke.does("audit")
    }
}
