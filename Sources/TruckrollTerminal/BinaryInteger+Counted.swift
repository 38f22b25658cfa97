extension BinaryInteger {
    /// The number with its noun: `1 record`, `2 records`.
    ///
    /// - Parameter plural: where an s at the end does not make it.
    public func counted(_ noun: String, _ plural: String? = nil) -> String { "\(self) \(self == 1 ? noun : plural ?? noun + "s")" }
}
