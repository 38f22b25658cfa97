/// How an order follows another.
public enum OrderRelation: String, Sendable, CaseIterable {
    /// What was left to do.
    case follow_up
    /// The fault has come back.
    case call_back
    /// At the maker's or the company's cost.
    case warranty
    /// Goods or an exchange unit come back.
    case `return`
}
