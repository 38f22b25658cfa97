import Foundation
import Synchronization
import TruckrollCore
import TruckrollCryptography

/// An attachment on its way to its file. What does not arrive whole leaves nothing behind but, after a crash, a file in `incoming`.
///
/// The calls come one after another; the lock says so to the compiler.
final class AttachmentUpload: Sendable {
    private struct State {
        var hasher = SHA256()
        var size = 0
        var handle: FileHandle?
    }

    private let state = Mutex(State())
    private let temporary: String

    /// Opens a temporary file beside the attachments.
    init(folder: String, name: String) throws {
        let incoming = folder + "/incoming"
        try FileManager.default.createDirectory(atPath: incoming, withIntermediateDirectories: true)
        temporary = incoming + "/" + name + ".part"
        guard FileManager.default.createFile(atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: temporary)
        else { throw CocoaError(.fileWriteUnknown) }
        state.withLock { $0.handle = handle }
    }

    func write(_ bytes: [UInt8]) throws {
        try state.withLock { state in
            state.hasher.update(data: bytes)
            state.size += bytes.count
            try state.handle?.write(contentsOf: Data(bytes))
        }
    }

    /// Puts the file in its place, durably, when the bytes are the ones promised.
    ///
    /// - Returns: its size, or `nil` when the bytes have another hash; the temporary file is then gone.
    func complete(as file: ContentFile, sha256: [UInt8]) throws -> Int? {
        let (hash, size) = try state.withLock { state in
            try state.handle?.synchronize()
            try state.handle?.close()
            state.handle = nil
            return (Array(state.hasher.finalize()), state.size)
        }
        guard hash == sha256 else {
            discard()
            return nil
        }
        try file.take(temporary)
        return size
    }

    /// Removes what was written so far.
    func discard() {
        state.withLock { state in
            try? state.handle?.close()
            state.handle = nil
        }
        try? FileManager.default.removeItem(atPath: temporary)
    }
}
