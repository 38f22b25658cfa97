import TruckrollCore

/// What an address means. Anything that is not exactly one of these is not found.
enum Endpoint: Equatable {
    case health
    case ready
    case admin(tenant: TenantName, command: String)
    case enrol(TenantName)
    case challenge(TenantName)
    case signIn(TenantName)
    case sync(TenantName)
    case audit(TenantName)
    case repair(TenantName)
    case availability(TenantName)
    case devices(TenantName)
    case carry(TenantName)
    case replica(TenantName)
    case stream(TenantName)
    case attachment(TenantName, sha256: [UInt8])
    case segment(TenantName, sha256: [UInt8])

    /// How a path names a tenant.
    enum TenantName: Equatable {
        /// The word `default`: the only tenant of a server that has one.
        case only
        case id(TenantID)

        init?(_ text: Substring) {
            if text == "default" {
                self = .only
            } else if let id = TenantID(text) {
                self = .id(id)
            } else {
                return nil
            }
        }
    }

    /// Reads a path as its bytes stand in the request; escapes, empty and upper-case parts are not decoded but unknown.
    init?(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].isEmpty else { return nil }
        switch parts[1] {
        case "healthz" where parts.count == 2: self = .health
        case "readyz" where parts.count == 2: self = .ready
        case "admin" where parts.count == 4:
            guard let tenant = TenantName(parts[2]) else { return nil }
            self = .admin(tenant: tenant, command: String(parts[3]))
        case "v1" where parts.count >= 4:
            guard let tenant = TenantName(parts[2]) else { return nil }
            self.init(tenant: tenant, rest: parts[3...].map { String($0) })
        default: return nil
        }
    }

    private init?(tenant: TenantName, rest: [String]) {
        switch rest {
        case ["enrol"]: self = .enrol(tenant)
        case ["session", "challenge"]: self = .challenge(tenant)
        case ["session"]: self = .signIn(tenant)
        case ["sync"]: self = .sync(tenant)
        case ["audit"]: self = .audit(tenant)
        case ["repair"]: self = .repair(tenant)
        case ["availability"]: self = .availability(tenant)
        case ["devices"]: self = .devices(tenant)
        case ["carry"]: self = .carry(tenant)
        case ["replica"]: self = .replica(tenant)
        case ["stream"]: self = .stream(tenant)
        default:
            guard rest.count == 2, let hash = [UInt8](hexadecimal: rest[1]), hash.count == 32,
                hash.hexadecimal.utf8.elementsEqual(rest[1].utf8)
            else { return nil }
            switch rest[0] {
            case "attachments": self = .attachment(tenant, sha256: hash)
            case "snapshots": self = .segment(tenant, sha256: hash)
            default: return nil
            }
        }
    }

    /// The methods it takes.
    var methods: [String] {
        switch self {
        case .health, .ready: ["GET", "HEAD"]
        case .stream, .segment: ["GET"]
        case .attachment: ["GET", "HEAD", "PUT"]
        default: ["POST"]
        }
    }

    /// Its name in logs.
    var label: String {
        switch self {
        case .health: "health"
        case .ready: "ready"
        case .admin: "admin"
        case .enrol: "enrol"
        case .challenge: "challenge"
        case .signIn: "sign-in"
        case .sync: "sync"
        case .audit: "audit"
        case .repair: "repair"
        case .availability: "availability"
        case .devices: "devices"
        case .carry: "carry"
        case .replica: "replica"
        case .stream: "stream"
        case .attachment: "attachment"
        case .segment: "segment"
        }
    }
}
