import Foundation
import TruckrollSync

/// The replica numbers given, one a line with who got it, in a file that only grows: `7 device`, `1000008 server`.
///
/// Used within the database's one writing transaction.
public final class ReplicaNumberFile: ReplicaNumbers {
    private let file: URL

    init(file: URL) { self.file = file }

    public func next(atLeast wanted: UInt32, for holder: NumberHolder) throws -> UInt32 {
        // Within the database's one writing transaction nobody else gives any; where a replaced server still writes, this keeps two apart.
        let lock = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else { throw unwritable("it cannot be locked") }
        defer { close(lock) }
        let known = try lines()
        let (number, overflow) = (known.map(\.number).max() ?? 0).addingReportingOverflow(1)
        guard !overflow else { throw unwritable("no replica number is left") }
        let given = max(wanted, number)
        // On disk before it is given.
        do { try LineFile.append("\(given) \(holder.rawValue)", to: file.path) } catch { throw unwritable("it cannot be written") }
        return given
    }

    public func given(from first: UInt32) throws -> [(number: UInt32, holder: NumberHolder)] {
        try lines().filter { $0.number >= first }.sorted { $0.number < $1.number }
    }

    /// A line that was cut short had not been given to anybody.
    private func lines() throws -> [(number: UInt32, holder: NumberHolder)] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        guard let bytes = FileManager.default.contents(atPath: file.path) else { throw unwritable("it cannot be read") }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map { String($0) }
            guard words.count == 2, let number = UInt32(words[0]), let holder = NumberHolder(rawValue: words[1]) else { return nil }
            return (number, holder)
        }
    }

    private func unwritable(_ detail: String) -> EngineProblem {
        EngineProblem("data-unwritable", "\(file.path): \(detail).", next: "Check the file's owner and the free space.")
    }
}
