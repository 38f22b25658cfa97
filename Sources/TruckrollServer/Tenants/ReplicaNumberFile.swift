import Foundation
import TruckrollSync

/// The replica numbers given, one a line with who got it, in a file that only grows: `7 device`, `1000008 server`.
///
/// Used within the database's one writing transaction.
public final class ReplicaNumberFile: ReplicaNumbers {
    private let file: URL

    init(file: URL) { self.file = file }

    public func next(atLeast wanted: UInt32, for holder: NumberHolder) throws -> UInt32 {
        let isNew = !FileManager.default.fileExists(atPath: file.path)
        let known = try lines()
        let (number, overflow) = (known.map(\.number).max() ?? 0).addingReportingOverflow(1)
        guard !overflow else { throw unwritable("no replica number is left") }
        let given = max(wanted, number)
        try append("\(given) \(holder.rawValue)\n", after: isNew ? "" : "\n")
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

    /// On disk before it is given. A line begins on a line of its own, whatever a crash left before it.
    private func append(_ line: String, after separator: String) throws {
        let descriptor = open(file.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable("it cannot be opened") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data((separator + line).utf8))
        try handle.synchronize()
        try handle.close()
    }

    private func unwritable(_ detail: String) -> EngineProblem {
        EngineProblem("data-unwritable", "\(file.path): \(detail).", next: "Check the file's owner and the free space.")
    }
}
