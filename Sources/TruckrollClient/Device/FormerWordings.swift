import Foundation
import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// A wording of a text that this device has shown and that was changed since.
public struct FormerWording: Codable, Sendable, Hashable {
    /// The text, by its id.
    let text: String
    public let wording: String
    /// RFC 3339: when it was changed here, or the change came.
    public let until: String
}

/// The wordings a device has shown, a file beside its store. An erased character is gone from a text for good; what people saw is
/// kept here, so that it can be written again. It is worth having and nothing rests on it, so a full disk is no error.
struct FormerWordings {
    let file: URL

    /// For each text; older ones go.
    private static let perText = 10
    /// Of all texts, in UTF-8 bytes.
    private static let bytes = 1 << 20

    var all: [FormerWording] {
        FileManager.default.contents(atPath: file.path).flatMap { try? JSONDecoder().decode([FormerWording].self, from: $0) } ?? []
    }

    func add(_ former: [FormerWording]) {
        guard !former.isEmpty else { return }
        var (kept, size, counts) = ([FormerWording](), 0, [String: Int]())
        for wording in (all + former).reversed() {
            size += wording.wording.utf8.count
            guard size <= Self.bytes else { break }
            counts[wording.text, default: 0] += 1
            if counts[wording.text, default: 0] <= Self.perText { kept.append(wording) }
        }
        try? JSONEncoder().encode(Array(kept.reversed())).write(to: file, options: .atomic)
    }
}

extension DeviceClient {
    /// The earlier wordings of a text that this device has shown, the newest first, without what it reads now.
    public func formerWordings(_ kind: JointTextKind, of subject: RecordID) throws -> [FormerWording] {
        let (id, present) = (kind.id(of: subject).description, try jointText(kind, of: subject) ?? "")
        var seen: Set<String> = [present, ""]
        return wordings.all.reversed().filter { $0.text == id && seen.insert($0.wording).inserted }
    }

    /// Writes an earlier wording again, as a new change: what others wrote alike stays theirs.
    ///
    /// - Parameter number: its place in ``formerWordings(_:of:)`` from 1.
    public func restoreWording(_ kind: JointTextKind, of subject: RecordID, number: Int = 1) throws -> Recorded {
        let former = try formerWordings(kind, of: subject)
        guard former.indices.contains(number - 1) else {
            throw DeviceProblem(
                "not-found", former.isEmpty ? "This device has shown no earlier wording of it." : "There are \(former.count) earlier wordings of it.",
                next: former.isEmpty ? "Write it: `text JOB \(kind.rawValue) --set …`." : "Look at them with `why`.")
        }
        let order = kind == .problem ? subject : try read { try $0.require("task", subject).reference("order") }
        guard let order else { throw DeviceProblem.unknown("order of task", subject.short) }
        return try reword(kind, of: order, task: kind == .notes ? subject : nil) { _ in former[number - 1].wording }
    }

    /// What the texts of this device read; none on devices of the office, which hold every order's.
    func textsShown() throws -> [String: String] {
        try read { reader in
            guard let identity = try reader.identity(), try reader.view("user", identity.user)?.text("role") == Role.technician.rawValue else {
                return [:]
            }
            let texts = try reader.views("text").compactMap { view in view.text("text").map { (view.id.description, $0.opened) } }
            return Dictionary(texts, uniquingKeysWith: { first, _ in first })
        }
    }

    /// Keeps those wordings that no longer stand.
    func remember(_ shown: [String: String]) {
        guard let present = try? textsShown(), let now = try? now() else { return }
        let changed = shown.filter { !$0.value.isEmpty && present[$0.key] != nil && present[$0.key] != $0.value }
        wordings.add(changed.sorted { $0.key < $1.key }.map { FormerWording(text: $0.key, wording: $0.value, until: now.description) })
    }
}
