/// What the operator of a tenant can ask over HTTP.
public enum AdminCommand: Hashable, Sendable {
    /// Makes a one-time code with which a device of this user enrols.
    case enrolmentCode(user: String)
    /// Refuses a device from now on. One that the database does not know is refused only when that is wanted: a restored
    /// database may know it again.
    case revoke(device: String, evenIfUnknown: Bool)
    /// How the tenant is: head, durable position, sizes.
    case status
    /// The enrolled devices.
    case devices
    /// Lets a quarantined set take effect.
    case release(set: String)
    /// After a restore: waits for nobody else before stock is promised again.
    case settle
    /// What waits for a person.
    case attention
    /// Whether the database still holds what was written there.
    case check
}
