extension TextOp {
    /// The edit where some of the characters it names were typed under another replica's number after all.
    ///
    /// - Parameter renamed: those characters.
    public func renaming(_ renamed: [CharacterRange], to replica: ReplicaID) -> TextOp {
        switch self {
        case .insert(let insertion):
            guard let id = insertion.anchor.character, renamed.contains(where: { $0.contains(id) }) else { return self }
            let anchor = CharacterID(replica: replica, counter: id.counter)
            return .insert(insertion.hanging(insertion.anchor.side == .after ? .after(anchor) : .before(anchor)))
        case .erase(let ranges):
            return .erase(ranges.flatMap { $0.renaming(renamed, to: replica) })
        }
    }
}

extension CharacterRange {
    fileprivate func renaming(_ renamed: [CharacterRange], to replica: ReplicaID) -> [CharacterRange] {
        guard let range = renamed.first(where: { $0.replica == self.replica && $0.first <= last && first <= $0.last }) else { return [self] }
        let (low, high) = (max(first, range.first), min(last, range.last))
        var parts = [CharacterRange(replica: replica, first: low, last: high)]
        if first < low { parts += CharacterRange(replica: self.replica, first: first, last: low - 1).renaming(renamed, to: replica) }
        if high < last { parts += CharacterRange(replica: self.replica, first: high + 1, last: last).renaming(renamed, to: replica) }
        return parts.sorted()
    }
}

extension TextInsertion {
    fileprivate func hanging(_ anchor: TextAnchor) -> TextInsertion {
        TextInsertion(first: first, anchor: anchor, text: scalars) ?? self
    }
}
