import Foundation
import Testing
import TruckrollCore

/// Recorded histories of real documents, keystroke by keystroke.
@Suite("Editing traces")
struct EditingTraceTests {
    struct Trace: Decodable {
        struct Transaction: Decodable {
            struct Patch: Decodable {
                let position: Int
                let erased: Int
                let typed: String

                init(from decoder: any Decoder) throws {
                    var parts = try decoder.unkeyedContainer()
                    position = try parts.decode(Int.self)
                    erased = try parts.decode(Int.self)
                    typed = try parts.decode(String.self)
                }
            }
            let patches: [Patch]
            /// Of a trace of several people: who, and over what.
            let agent: Int?
            let parents: [Int]?
        }
        let endContent: String
        let txns: [Transaction]
    }

    /// The folder of the traces of github.com/josephg/editing-traces, named by `TRUCKROLL_EDITING_TRACES`.
    static let folder: URL? = ProcessInfo.processInfo.environment["TRUCKROLL_EDITING_TRACES"].map { URL(fileURLWithPath: $0) }

    static func load(_ name: String) throws -> Trace {
        let file = try #require(folder).appendingPathComponent("\(name).json.gz")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONDecoder().decode(Trace.self, from: bytes)
    }

    static func report(_ name: String, _ text: JointText) {
        let (encoded, shown) = (text.value.encoded.count, text.textBytes)
        print(
            "\(name): \(shown) bytes of text, \(encoded) encoded (\(encoded * 100 / max(1, shown)) %), "
                + "\(text.characterCount) characters in its life, \(text.runs.values.reduce(0) { $0 + $1.count }) runs")
    }

    @Test(
        "one author's keystrokes give the document", .enabled(if: folder != nil, "TRUCKROLL_EDITING_TRACES names no folder"),
        arguments: ["sveltecomponent", "friendsforever_flat", "rustcode"])
    func sequential(name: String) throws {
        let trace = try Self.load(name)
        var draft = TextDraft(JointText(), by: ReplicaID(rawValue: 2))
        for patch in trace.txns.flatMap(\.patches) {
            _ = try draft.erase(patch.erased, at: patch.position)
            _ = try draft.insert(Array(patch.typed.unicodeScalars), at: patch.position)
        }
        #expect(Array(draft.text.shown.utf8) == Array(trace.endContent.utf8))
        #expect(try JointText(Value(decoding: draft.text.value.encoded)) == draft.text)
        Self.report(name, draft.text)
    }

    @Test(
        "several authors' keystrokes, each over what they had seen, give the document",
        .enabled(if: folder != nil, "TRUCKROLL_EDITING_TRACES names no folder"), arguments: ["clownschool", "friendsforever"])
    func concurrent(name: String) throws {
        let trace = try Self.load(name)
        /// One author's text, and how many transactions of each author are in it.
        struct Desk {
            var draft: TextDraft
            var seen: Set<Int> = []
        }
        func replica(_ agent: Int) -> ReplicaID { ReplicaID(rawValue: UInt32(agent + 2)) }
        var desks: [Int: Desk] = [:]
        var made: [[TextOp]] = []
        for (number, transaction) in trace.txns.enumerated() {
            let agent = try #require(transaction.agent)
            var desk = desks[agent] ?? Desk(draft: TextDraft(JointText(), by: replica(agent)))
            var missing: [Int] = []
            var left = transaction.parents ?? []
            while let parent = left.popLast() {
                guard desk.seen.insert(parent).inserted else { continue }
                missing.append(parent)
                left += trace.txns[parent].parents ?? []
            }
            if !missing.isEmpty {
                var text = desk.draft.text
                for other in missing.sorted() {
                    let author = try #require(trace.txns[other].agent)
                    for op in made[other] { try text.apply(op, by: replica(author)) }
                }
                desk.draft = TextDraft(text, by: replica(agent))
            }
            var ops: [TextOp] = []
            for patch in transaction.patches {
                let gone = try desk.draft.erase(patch.erased, at: patch.position)
                if !gone.isEmpty { ops.append(.erase(gone)) }
                if let op = try desk.draft.insert(Array(patch.typed.unicodeScalars), at: patch.position) { ops.append(op) }
            }
            made.append(ops)
            desk.seen.insert(number)
            desks[agent] = desk
        }
        var text = JointText()
        for (number, ops) in made.enumerated() {
            let author = try #require(trace.txns[number].agent)
            for op in ops { try text.apply(op, by: replica(author)) }
        }
        #expect(Array(text.shown.utf8) == Array(trace.endContent.utf8))
        Self.report(name, text)
    }
}
