import Foundation
import TruckrollCore
import TruckrollStorePostgres
import TruckrollStoreSQL
import TruckrollStoreSQLite

/// The branches of its database server's history that a server's tenants have lived in, oldest first, in a file that only grows.
///
/// It lies outside the database and all processes of a server share it. So a primary that was replaced and comes back, and which cannot know
/// of its successor, is known by everybody as one that must not be used any more.
struct TimelineFile: Sendable {
    /// A line is `SYSTEM NUMBER BRANCH`, such as `7301234567890123456 3 9f86d081884c7d65`.
    let path: String

    init(directory: URL) { path = directory.appendingPathComponent("postgres.timelines").path }

    enum Standing: Equatable {
        /// The tenants live there.
        case present
        /// They have gone on elsewhere.
        case left
        /// They have never been there.
        case new
    }

    /// - Throws: ``StoreProblem`` when the file cannot be read: then nobody knows where the tenants live.
    func standing(of timeline: PostgresTimeline) throws -> Standing { Self.standing(of: timeline, in: try lines()) }

    /// Takes the tenants to the branch that `server` stands in, unless they live there already or have left it. A new one is given a name
    /// and noted, on disk when this returns.
    ///
    /// - Parameter server: reads the branch, gives it the name that it is told, if any, and returns it as it is then.
    /// - Returns: that branch. The tenants live there, or have left it.
    func settle(in server: (_ name: (PostgresTimeline) throws -> String?) throws -> PostgresTimeline) throws -> PostgresTimeline {
        let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw unusable }
        // The lock goes with the descriptor.
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 { guard errno == EINTR else { throw unusable } }
        let present = try server { try standing(of: $0) == .new ? SecureRandom.bytes(8).hexadecimal : nil }
        guard try standing(of: present) == .new else { return present }
        do { try LineFile.append("\(present)", to: path) } catch { throw unusable }
        try DurableFile.synchronizeFolder(of: path)
        return present
    }

    /// On one server numbers grow: what has a lower one than is known was passed over. Another branch of the same number was promoted beside it,
    /// and its name tells it apart, which it has from the one before until it gets its own.
    static func standing(of timeline: PostgresTimeline, in lines: [PostgresTimeline]) -> Standing {
        // A program of before there were names notes one without.
        let lines = lines.filter { line in
            !line.branch.isEmpty || !lines.contains { $0.system == line.system && $0.number == line.number && !$0.branch.isEmpty }
        }
        if lines.contains(timeline) { return lines.last == timeline ? .present : .left }
        guard let newest = lines.filter({ $0.system == timeline.system }).map(\.number).max(), timeline.number < newest else { return .new }
        return .left
    }

    /// A line that was cut short names no branch, or one that nobody is in. Lines of before there were names have none.
    private func lines() throws -> [PostgresTimeline] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            guard !FileManager.default.fileExists(atPath: path) else { throw unusable }
            return []
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map { String($0) }
            guard (2...3).contains(words.count), let number = UInt32(words[1]) else { return nil }
            return PostgresTimeline(system: words[0], number: number, branch: words.count == 3 ? words[2] : "")
        }
    }

    private var unusable: StoreProblem { .io(path: path, detail: "it cannot be read or written") }
}
