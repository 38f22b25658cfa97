import TruckrollDomain

extension ShelfLife {
    /// For screens and scripts: a day, `unknown` or `withdrawn`.
    public var words: String {
        switch self {
        case .unknown: "unknown"
        case .until(let day): "\(day)"
        case .withdrawn: "withdrawn"
        }
    }
}
