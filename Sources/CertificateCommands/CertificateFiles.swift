import Foundation
import TruckrollTerminal

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a file could not be read or written.
struct FileProblem: ExplainedProblem, Hashable {
    let detail: String
    let next: String

    var whatHappened: String { detail }
    var whatToDoNext: String? { next }
}

/// Reads bounded files, and writes files that are there whole or not at all.
enum CertificateFiles {
    /// Bytes of the largest file that is read: a PDF as the schema allows it.
    static let largest = 64 << 20

    /// The bytes of a file of at most ``largest``.
    static func read(_ path: String) throws(FileProblem) -> [UInt8] {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            let bytes = try handle.read(upToCount: largest + 1) ?? Data()
            guard bytes.count <= largest else {
                throw FileProblem(detail: "\(path) has more than \(largest >> 20) MiB.", next: "Name the file itself, as it was exported.")
            }
            return Array(bytes)
        } catch let problem as FileProblem {
            throw problem
        } catch {
            throw FileProblem(detail: "\(path) cannot be read: \(reason(error)).", next: "Check the name and that this user may read it.")
        }
    }

    /// Writes beside the target, waits for the disk, and only then takes the target's name.
    static func write(_ bytes: [UInt8], to target: URL) throws(FileProblem) {
        let part = target.deletingLastPathComponent().appendingPathComponent(".\(target.lastPathComponent).part")
        do {
            try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            guard FileManager.default.createFile(atPath: part.path, contents: nil) else { throw CocoaError(.fileWriteNoPermission) }
            let handle = try FileHandle(forWritingTo: part)
            defer { try? handle.close() }
            try handle.write(contentsOf: Data(bytes))
            try handle.synchronize()
            guard rename(part.path, target.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            try synchronize(target.deletingLastPathComponent())
        } catch {
            try? FileManager.default.removeItem(at: part)
            throw FileProblem(
                detail: "\(target.path) cannot be written: \(reason(error)).",
                next: "Check the folder, its permissions and the free space, then export again.")
        }
    }

    /// The new name is on disk when the folder is.
    private static func synchronize(_ folder: URL) throws {
        let descriptor = open(folder.path, O_RDONLY)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    private static func reason(_ error: any Error) -> String {
        (error as? CocoaError)?.words ?? "the system refused it"
    }
}
