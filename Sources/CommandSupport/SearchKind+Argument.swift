import ArgumentParser
import TruckrollClient

extension SearchKind: ExpressibleByArgument {
    /// All of them, for help texts.
    public static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
    /// How many lines a search may show.
    public static let limits = 1...1000
}
