import TruckrollCore
import TruckrollProtocol

extension PBShownCheckpoint {
    init(_ shown: ShownCheckpoint) {
        self.init()
        checkpoint = PBCheckpoint(shown.checkpoint)
        mac = data(shown.mac)
    }
}
