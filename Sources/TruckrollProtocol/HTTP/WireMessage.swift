import SwiftProtobuf

/// A message of the protocol as bytes in either form, so that the edges need not know who encodes it.
public protocol WireMessage: Sendable {
    /// Reads a message.
    ///
    /// - Throws: ``WireProblem`` `undecodable`. JSON is first checked by ``StrictJSON``.
    init(wire bytes: [UInt8], form: WireForm) throws(WireProblem)
    /// The message as bytes.
    func wire(_ form: WireForm) throws(WireProblem) -> [UInt8]
}

extension WireMessage where Self: SwiftProtobuf.Message {
    public init(wire bytes: [UInt8], form: WireForm) throws(WireProblem) {
        switch form {
        case .protobuf:
            do { try self.init(serializedBytes: bytes) } catch {
                throw WireProblem("undecodable", op: -1, "the body is no \(Self.protoMessageName)")
            }
        case .json:
            do { try StrictJSON.check(bytes) } catch { throw WireProblem("undecodable", op: -1, error.description) }
            do { try self.init(jsonUTF8Bytes: bytes) } catch {
                throw WireProblem("undecodable", op: -1, "the body is no \(Self.protoMessageName)")
            }
        }
    }

    public func wire(_ form: WireForm) throws(WireProblem) -> [UInt8] {
        do {
            switch form {
            case .protobuf: return try serializedBytes()
            case .json: return try jsonUTF8Bytes()
            }
        } catch { throw WireProblem("unencodable", op: -1, "the reply could not be encoded") }
    }
}

extension PBSyncRequest: WireMessage {}
extension PBSyncReply: WireMessage {}
extension PBAuditRequest: WireMessage {}
extension PBDevicesRequest: WireMessage {}
extension PBDevicesReply: WireMessage {}
extension PBAvailabilityRequest: WireMessage {}
extension PBAvailabilityReply: WireMessage {}
extension PBAuditReply: WireMessage {}
extension PBRepairRequest: WireMessage {}
extension PBRepairReply: WireMessage {}
extension PBEnrolRequest: WireMessage {}
extension PBEnrolment: WireMessage {}
extension PBChallengeRequest: WireMessage {}
extension PBChallenge: WireMessage {}
extension PBSignInRequest: WireMessage {}
extension PBSignIn: WireMessage {}
extension PBReplicaRequest: WireMessage {}
extension PBCarryRequest: WireMessage {}
extension PBCarryReply: WireMessage {}
