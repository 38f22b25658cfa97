import Foundation
import TruckrollStorePostgres
import TruckrollStoreSQL
import TruckrollStoreSQLite

/// The branches of its database server's history that a server's tenants have lived in, oldest first, in a file that only grows.
///
/// It lies outside the database and all processes of a server share it. So a primary that was replaced and comes back, and which cannot know
/// of its successor, is known by everybody as one that must not be used any more.
struct TimelineFile: Sendable {
    /// A line is `SYSTEM NUMBER`, such as `7301234567890123456 3`.
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

    /// Notes that the tenants live in a new timeline from now on; it is on disk when this returns.
    func raise(to timeline: PostgresTimeline) throws {
        let lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw unusable }
        // The lock goes with the descriptor.
        defer { close(lock) }
        while flock(lock, LOCK_EX) != 0 { guard errno == EINTR else { throw unusable } }
        guard try standing(of: timeline) == .new else { return }
        do { try LineFile.append("\(timeline)", to: path) } catch { throw unusable }
        try DurableFile.synchronizeFolder(of: path)
    }

    /// On one server the numbers grow; another server is one that the tenants were moved to.
    static func standing(of timeline: PostgresTimeline, in lines: [PostgresTimeline]) -> Standing {
        guard let newest = lines.filter({ $0.system == timeline.system }).map(\.number).max(), timeline.number <= newest else { return .new }
        return timeline.number == newest && lines.last?.system == timeline.system ? .present : .left
    }

    /// A line that was cut short names no timeline, or one before it.
    private func lines() throws -> [PostgresTimeline] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            guard !FileManager.default.fileExists(atPath: path) else { throw unusable }
            return []
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 2, let number = UInt32(words[1]) else { return nil }
            return PostgresTimeline(system: String(words[0]), number: number)
        }
    }

    private var unusable: StoreProblem { .io(path: path, detail: "it cannot be read or written") }
}
