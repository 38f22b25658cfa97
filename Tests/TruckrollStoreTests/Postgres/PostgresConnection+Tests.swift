import Testing

@testable import TruckrollStorePostgres

extension PostgresConnection {
    /// A connection to the one server that a URL names.
    convenience init(to url: String, schema: String) throws {
        try self.init(try #require(PostgresEndpoint.all(of: url).first), place: "test", schema: schema, patience: .seconds(20))
    }
}
