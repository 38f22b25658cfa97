import TruckrollCore
import TruckrollDomain
import TruckrollProtocol
import TruckrollSync

/// A number and a revision stand for one content, at every position: the first certificate of the log that names them (C11, I15).
struct CertificateCheck {
    let schema: Schema
    let stored: [RecordKey: StoredRecord]
    let effects: [OracleWrites.Effect]

    private struct Name: Hashable {
        let number: Value
        let revision: Value
    }

    /// - Returns: how many certificates are kept and not registered.
    func check() throws -> Int {
        let entity = try schema.entity("certificate")
        var contents: [Name: Value] = [:]
        var seen: Set<RecordKey> = []
        var unregistered = 0
        for effect in effects {
            for index in effect.ops {
                let op = effect.set.ops[index]
                guard op.kind == .create, op.key.type == entity.type, seen.insert(op.key).inserted, let kept = stored[op.key] else { continue }
                let view = RecordView(kept.record, entity)
                let name = Name(number: view["number"], revision: view["revision"])
                let isSound = view["content"].bytes.map { .bytes(ContentDigest.sha256($0)) == view["content_hash"] } ?? true
                let isFirst = contents[name].map { $0 == view["content_hash"] } ?? true
                let isRegistered = view.text("state") == "registered" || view.text("state") == "superseded"
                guard isRegistered == (isSound && isFirst) else {
                    throw Violation(
                        "C11",
                        "certificate \(view.text("number") ?? "") is \(view.text("state") ?? "without a state") after position \(effect.position)")
                }
                if isRegistered { contents[name] = view["content_hash"] } else { unregistered += 1 }
            }
        }
        return unregistered
    }
}
