import TruckrollCore
import TruckrollDomain
import TruckrollProtocol

/// Packs records into chunks, each version and scope name once a chunk.
struct ChunkBuilder {
    struct Change {
        let key: RecordKey
        let isWhole: Bool
        let entries: [FieldEntry]
        let scopes: [Scope]
        /// In these scopes besides those it lies in already.
        var isJoining = false
    }

    private let limit: Int
    private var chunks: [PBChunk] = []
    private var current = PBChunk()
    private var versions: [Version: UInt32] = [:]
    private var scopes: [Scope: UInt32] = [:]

    init(limit: Int) { self.limit = limit }

    mutating func add(_ change: Change) {
        var message = PBRecordChange()
        message.key = data(change.key.encoded)
        message.whole = change.isWhole
        message.join = change.isJoining
        for entry in change.entries {
            var part = PBEntry()
            part.field = entry.field.rawValue
            part.version = index(of: entry.version)
            part.value = data(entry.value)
            message.entries.append(part)
        }
        message.scopes = change.scopes.map { index(of: $0) }
        current.records.append(message)
        if current.records.count >= limit { flush() }
    }

    mutating func finish() -> [PBChunk] {
        if !current.records.isEmpty { flush() }
        return chunks
    }

    private mutating func flush() {
        chunks.append(current)
        current = PBChunk()
        versions = [:]
        scopes = [:]
    }

    private mutating func index(of version: Version) -> UInt32 {
        if let index = versions[version] { return index }
        let index = UInt32(current.versions.count)
        current.versions.append(data(version.encoded))
        versions[version] = index
        return index
    }

    private mutating func index(of scope: Scope) -> UInt32 {
        if let index = scopes[scope] { return index }
        let index = UInt32(current.scopes.count)
        current.scopes.append(scope.name)
        scopes[scope] = index
        return index
    }
}
