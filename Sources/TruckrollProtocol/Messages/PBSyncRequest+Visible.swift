import TruckrollCore
import TruckrollDomain

extension PBSyncRequest {
    /// Up to which class the device holds its view at its checkpoint; `nil` when it holds nothing of this history. A device that
    /// does not say holds all of it.
    public var visibleClass: ScopeClass? {
        guard hasCheckpoint, checkpoint.position > 0 else { return nil }
        return ScopeClass(rawValue: UInt8(clamping: visible)) ?? .third
    }
}
