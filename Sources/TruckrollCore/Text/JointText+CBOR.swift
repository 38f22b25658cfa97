/// A text as a field entry carries it: `[writers]` or `[writers, erased ahead]` (Protocol/04-merge.md).
///
/// `writers` is `[[replica, [[first, anchor replica, anchor counter, after, pieces], …]], …]`, and `pieces` are by turns texts and
/// numbers of erased characters.
extension JointText {
    public var value: Value {
        let writers = Value.list(
            replicas.map { replica in
                .list([.integer(Int64(replica.rawValue)), .list((runs[replica] ?? []).map(\.value))])
            })
        guard !erasedAhead.isEmpty else { return .list([writers]) }
        let ahead = erasedAhead.keys.sorted().flatMap { erasedAhead[$0] ?? [] }
        return .list([writers, TextOp.erase(ahead).value])
    }

    /// Reads what ``value`` gives, and nothing else: a state has one encoding.
    ///
    /// - Throws: `field-state`.
    public init(_ value: Value) throws(DecodingProblem) {
        guard let parts = value.list, (1...2).contains(parts.count), let writers = parts[0].list else {
            throw DecodingProblem("field-state", "a text is [writers] or [writers, erased ahead]")
        }
        var runs: [ReplicaID: [TextRun]] = [:]
        var before: ReplicaID?
        var count = 0
        for writer in writers {
            guard let pair = writer.list, pair.count == 2, let number = pair[0].integer.flatMap({ UInt32(exactly: $0) }), number > 0,
                let list = pair[1].list, !list.isEmpty, case let replica = ReplicaID(rawValue: number), before.map({ $0 < replica }) ?? true
            else { throw DecodingProblem("field-state", "a writer is [replica, runs], in ascending replica") }
            before = replica
            runs[replica] = try Self.runs(list, of: replica, &count)
        }
        var ahead: [ReplicaID: [CharacterRange]] = [:]
        if parts.count == 2 {
            for range in try Self.erased(parts[1]) {
                if let list = runs[range.replica], case let index = Self.firstIndex(in: list, reaching: range.first), index < list.count,
                    list[index].first <= range.last
                {
                    throw DecodingProblem("field-state", "characters that are there were erased ahead")
                }
                ahead[range.replica, default: []].append(range)
            }
        }
        self.init(runs: runs, erasedAhead: ahead)
    }

    private static func runs(_ list: [Value], of replica: ReplicaID, _ count: inout Int) throws(DecodingProblem) -> [TextRun] {
        var runs: [TextRun] = []
        for item in list {
            guard let parts = item.list, parts.count == 5, let first = parts[0].integer.flatMap({ UInt32(exactly: $0) }), first > 0,
                let anchor = TextAnchor(parts[1...3]), let pieces = parts[4].list
            else { throw DecodingProblem("field-state", "a run is [first, anchor replica, anchor counter, after, pieces]") }
            let characters = try Self.characters(pieces, atMost: maximumCharacters - count)
            count += characters.count
            guard UInt64(first) + UInt64(characters.count) - 1 <= UInt64(UInt32.max) else {
                throw DecodingProblem("field-state", "counters leave 32 bits")
            }
            let run = TextRun(first: first, anchor: anchor, characters: characters)
            if let last = runs.last, last.last >= run.first || isOne(last, run, replica) {
                throw DecodingProblem("field-state", "runs ascend, and are as long as they can be")
            }
            runs.append(run)
        }
        return runs
    }

    private static func characters(_ pieces: [Value], atMost limit: Int) throws(DecodingProblem) -> [Unicode.Scalar?] {
        var characters: [Unicode.Scalar?] = []
        var wasText: Bool?
        for piece in pieces {
            switch piece {
            case .text(let text) where !text.isEmpty && wasText != true:
                characters += text.unicodeScalars.map { $0 }
                wasText = true
            case .integer(let erased) where erased > 0 && erased <= limit && wasText != false:
                characters += [Unicode.Scalar?](repeating: nil, count: Int(erased))
                wasText = false
            default: throw DecodingProblem("field-state", "pieces are texts and numbers of erased characters, by turns")
            }
            guard characters.count <= limit else { throw DecodingProblem("field-state", "more characters than a text can have") }
        }
        guard !characters.isEmpty else { throw DecodingProblem("field-state", "a run has characters") }
        return characters
    }

    private static func erased(_ value: Value) throws(DecodingProblem) -> [CharacterRange] {
        guard case .erase(let ranges)? = try? TextOp(.erase, value) else { throw DecodingProblem("field-state", "erased ahead are ranges") }
        for (range, next) in zip(ranges, ranges.dropFirst()) {
            let isApart = range.replica < next.replica || (range.replica == next.replica && UInt64(range.last) + 1 < UInt64(next.first))
            guard isApart else { throw DecodingProblem("field-state", "ranges ascend, and are as long as they can be") }
        }
        return ranges
    }
}

extension TextRun {
    fileprivate var value: Value {
        var pieces: [Value] = []
        var index = 0
        while index < characters.count {
            let start = index
            let isErased = characters[start] == nil
            while index < characters.count, (characters[index] == nil) == isErased { index += 1 }
            pieces.append(
                isErased
                    ? .integer(Int64(index - start))
                    : .text(String(String.UnicodeScalarView(characters[start..<index].compactMap { $0 }))))
        }
        return .list([.integer(Int64(first))] + anchor.values + [.list(pieces)])
    }
}
