import TruckrollCore
import TruckrollSync

/// One transaction of a server's store; its methods lie in an extension for each group of the port.
package final class SQLServerTransaction: ServerTransaction {
    let session: any SQLSession
    let entities: EntityShapes
    /// The tenant that was read last.
    var present: TenantID?

    package init(session: any SQLSession, entities: EntityShapes) {
        self.session = session
        self.entities = entities
    }

    package func confirm() throws { try session.confirm() }
    package func savepoint<T>(_ body: () throws -> T) throws -> T { try session.savepoint(body) }
}
