import Foundation

/// Which schema a database was last written with, in a file beside it.
///
/// The layout of a file can stay the same while the schema grows. A program of before would then write records and leave out
/// the columns it does not know, so it has to see that a newer one was here.
public struct SchemaMark: Sendable {
    /// The file: the database's path with `.schema` behind.
    public let path: String

    /// The mark of the database at that path.
    public init(of database: String) { path = database + ".schema" }

    /// The newest schema that wrote the database; `nil` when nobody said.
    public var newest: UInt32? {
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count <= 20 else { return nil }
        return UInt32(String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Notes that a program with that schema writes the database. A disk that takes no writes keeps nobody from reading.
    public func raise(to version: UInt32) {
        guard newest ?? 0 < version else { return }
        try? Data("\(version)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// Forgets it, when another database takes the place.
    public func remove() { try? FileManager.default.removeItem(atPath: path) }
}
