import Testing
import TruckrollSimulation

/// A shrunk list on which a seed once broke a promise.
struct Regression: Sendable, CustomTestStringConvertible {
    let name: String
    var realSignatures = false
    let steps: [Step]
    var testDescription: String { name }

    static let all: [Regression] = [
        Regression(
            name: "a renumbered device brings a restored server what its former number had done",
            steps: [
                Step(pause: 36921, device: 1, action: .act(.assign, pick: 1806488388, how: 1249760966)),
                Step(pause: 0, device: 1, action: .keepCopy),
                Step(pause: 0, device: 1, action: .backup),
                Step(pause: 62407, device: 1, action: .act(.assign, pick: 1599949817, how: 1877458005)),
                Step(pause: 30323, device: 1, action: .sync(nil)),
                Step(pause: 0, device: 1, action: .restoreCopy),
                Step(pause: 48895, device: 1, action: .act(.untagOrder, pick: 1799447438, how: 683298169)),
                Step(pause: 0, device: 1, action: .audit),
                Step(pause: 0, device: 1, action: .restoreServer),
            ]),
        Regression(
            name: "a copy put back by hand is found by the first device that is ahead of it",
            steps: [
                Step(pause: 0, device: 0, action: .backup),
                Step(pause: 54928, device: 2, action: .act(.finishTask, pick: 525245938, how: 606344778)),
                Step(pause: 64740, device: 2, action: .sync(nil)),
                Step(pause: 70775, device: 0, action: .sync(nil)),
                Step(pause: 0, device: 0, action: .putBackByHand),
            ]),
        Regression(
            name: "work over a history that was lost twice is not kept out",
            steps: [
                Step(pause: 0, device: 1, action: .backup),
                Step(pause: 0, device: 1, action: .restoreServer),
                Step(pause: 3587, device: 2, action: .sync(nil)),
                Step(pause: 0, device: 1, action: .restoreServer),
                Step(pause: 60307, device: 2, action: .act(.note, pick: 1745243880, how: 3646668070)),
                Step(pause: 12886, device: 1, action: .act(.unassign, pick: 2341026186, how: 2867159207)),
            ]),
        Regression(
            name: "no replica number is given twice by a copy that is put back twice",
            steps: [
                Step(pause: 0, device: 3, action: .keepCopy),
                Step(pause: 0, device: 3, action: .runCopy),
                Step(pause: 0, device: 3, action: .backup),
                Step(pause: 63884, device: 3, action: .act(.finding, pick: 3849226076, how: 464019187)),
                Step(pause: 40600, device: 5, action: .act(.retitleOrder, pick: 4226005546, how: 2254504730)),
                Step(pause: 0, device: 3, action: .restoreServer),
                Step(pause: 0, device: 0, action: .enrol),
                Step(pause: 0, device: 0, action: .restoreServer),
            ]),
        Regression(
            name: "no replica number is given twice by a copy put back by hand",
            steps: [
                Step(pause: 0, device: 0, action: .backup),
                Step(pause: 0, device: 0, action: .enrol),
                Step(pause: 0, device: 0, action: .putBackByHand),
                Step(pause: 0, device: 0, action: .enrol),
            ]),
        Regression(
            name: "work recorded in the middle of a recovery keeps its base",
            steps: [
                Step(pause: 31252, device: 3, action: .act(.createOrder, pick: 3152429527, how: 74258375)),
                Step(pause: 0, device: 3, action: .backup),
                Step(pause: 0, device: 3, action: .audit),
                Step(pause: 0, device: 3, action: .putBackByHand),
                Step(pause: 0, device: 3, action: .crashServer(write: 17)),
                Step(pause: 61082, device: 3, action: .sync(nil)),
                Step(pause: 34197, device: 3, action: .act(.decline, pick: 1127753655, how: 3167335820)),
                Step(pause: 53220, device: 3, action: .act(.labour, pick: 4019629842, how: 1080512407)),
            ]),
        Regression(
            name: "work recorded between two visits of a recovery keeps its base",
            steps: [
                Step(pause: 0, device: 0, action: .crashServer(write: 27)),
                Step(pause: 0, device: 0, action: .backup),
                Step(pause: 19443, device: 1, action: .act(.unassign, pick: 4108911601, how: 694902058)),
                Step(pause: 0, device: 0, action: .restoreServer),
                Step(pause: 51223, device: 0, action: .act(.accept, pick: 1798511978, how: 361189158)),
                Step(pause: 71993, device: 0, action: .act(.reserve, pick: 3949100491, how: 1222746883)),
                Step(pause: 64520, device: 0, action: .sync(nil)),
                Step(pause: 61767, device: 0, action: .act(.note, pick: 3151901308, how: 429306941)),
                Step(pause: 3036, device: 1, action: .sync(nil)),
            ]),
        Regression(
            name: "a renumbered device is judged by what its former number held",
            steps: [
                Step(pause: 0, device: 2, action: .keepCopy),
                Step(pause: 11862, device: 2, action: .act(.finishTask, pick: 4206501412, how: 4248404981)),
                Step(pause: 16107, device: 2, action: .sync(nil)),
                Step(pause: 0, device: 2, action: .restoreCopy),
                Step(pause: 59911, device: 1, action: .act(.unassign, pick: 4033897685, how: 2954174439)),
                Step(pause: 0, device: 1, action: .backup),
                Step(pause: 2320, device: 1, action: .act(.reassign, pick: 1046234064, how: 4179791116)),
                Step(pause: 0, device: 1, action: .restoreServer),
                Step(pause: 4564, device: 2, action: .act(.partFromVan, pick: 1125916093, how: 2949625964)),
                Step(pause: 33402, device: 2, action: .sync(nil)),
                Step(pause: 17091, device: 2, action: .act(.note, pick: 375542356, how: 2815798903)),
            ]),
        Regression(
            name: "one piece of work on three copies of a device is taken once", realSignatures: true,
            steps: [
                Step(pause: 0, device: 1, action: .keepCopy),
                Step(pause: 29143, device: 1, action: .act(.unassign, pick: 1331354334, how: 2042144934)),
                Step(pause: 45706, device: 1, action: .sync(nil)),
                Step(pause: 0, device: 1, action: .restoreCopy),
                Step(pause: 0, device: 1, action: .runCopy),
                Step(pause: 51689, device: 5, action: .act(.answerTask, pick: 3152813184, how: 239743834)),
                Step(pause: 25554, device: 1, action: .act(.releaseAsset, pick: 681936120, how: 2206009874)),
                Step(pause: 0, device: 5, action: .keepCopy),
                Step(pause: 0, device: 5, action: .runCopy),
            ]),
        Regression(
            name: "a deferred set of a former number is asked about",
            steps: [
                Step(pause: 0, device: 2, action: .upgradeDevice),
                Step(pause: 55669, device: 2, action: .act(.note, pick: 1443732263, how: 2350802570)),
                Step(pause: 0, device: 2, action: .keepCopy),
                Step(pause: 47427, device: 2, action: .act(.accept, pick: 1721313286, how: 4190342342)),
                Step(pause: 52266, device: 2, action: .sync(nil)),
                Step(pause: 0, device: 2, action: .restoreCopy),
                Step(pause: 47820, device: 2, action: .act(.finishTask, pick: 354165236, how: 3683908051)),
                Step(pause: 67727, device: 2, action: .sync(nil)),
            ]),
        Regression(
            name: "a deferred set unpins its records when it is taken up by the carry route",
            steps: [
                Step(pause: 0, device: 0, action: .upgradeDevice),
                Step(pause: 48382, device: 0, action: .act(.addTask, pick: 1940126744, how: 957720258)),
                Step(pause: 60064, device: 0, action: .act(.answerTask, pick: 420932234, how: 1395411403)),
                Step(pause: 49873, device: 0, action: .act(.deleteTask, pick: 1089659842, how: 912027524)),
                Step(pause: 59216, device: 0, action: .sync(nil)),
                Step(pause: 0, device: 0, action: .keepCopy),
                Step(pause: 1639, device: 0, action: .act(.travel, pick: 2277273846, how: 615719488)),
                Step(pause: 33190, device: 0, action: .audit),
                Step(pause: 0, device: 0, action: .restoreCopy),
                Step(pause: 40057, device: 0, action: .act(.finishTask, pick: 1709779803, how: 949157564)),
            ]),
        Regression(
            name: "a gap found in the middle of a recovery is filled",
            steps: [
                Step(pause: 0, device: 0, action: .backup),
                Step(pause: 71592, device: 2, action: .act(.finding, pick: 1525173895, how: 1984330869)),
                Step(pause: 0, device: 2, action: .keepCopy),
                Step(pause: 0, device: 0, action: .restoreServer),
                Step(pause: 33819, device: 2, action: .act(.addTask, pick: 2784821261, how: 3637480912)),
                Step(pause: 45053, device: 2, action: .sync(nil)),
                Step(pause: 0, device: 2, action: .restoreCopy),
                Step(pause: 43416, device: 2, action: .act(.untagOrder, pick: 793776304, how: 212196826)),
                Step(pause: 0, device: 0, action: .crashServer(write: 9)),
                Step(pause: 46126, device: 2, action: .sync(nil)),
                Step(pause: 0, device: 0, action: .restoreServer),
            ]),
        Regression(
            name: "a server that falls back into a former epoch is found out",
            steps: [
                Step(pause: 0, device: 0, action: .backup),
                Step(pause: 30836, device: 3, action: .act(.transfer, pick: 1177494115, how: 872315334)),
                Step(pause: 18608, device: 3, action: .sync(nil)),
                Step(pause: 47083, device: 2, action: .sync(nil)),
                Step(pause: 0, device: 0, action: .putBackByHand),
                Step(pause: 8199, device: 2, action: .sync(nil)),
                Step(pause: 0, device: 0, action: .putBackByHand),
            ]),
        Regression(
            name: "work that came under a new number is not taken under the old one",
            steps: [
                Step(pause: 0, device: 3, action: .keepCopy),
                Step(pause: 0, device: 3, action: .runCopy),
                Step(pause: 21421, device: 3, action: .act(.partFromDepot, pick: 3741125920, how: 3824880660)),
                Step(pause: 50576, device: 5, action: .act(.accept, pick: 61039808, how: 788235852)),
                Step(pause: 0, device: 5, action: .keepCopy),
                Step(pause: 0, device: 3, action: .backup),
                Step(pause: 0, device: 5, action: .runCopy),
                Step(pause: 30265, device: 3, action: .sync(nil)),
                Step(pause: 12631, device: 5, action: .audit),
                Step(pause: 0, device: 3, action: .restoreServer),
                Step(pause: 14801, device: 5, action: .sync(nil)),
                Step(pause: 13423, device: 6, action: .sync(nil)),
            ]),
        Regression(
            name: "a second restore in the middle of a recovery is noticed",
            steps: [
                Step(pause: 65857, device: 4, action: .act(.transfer, pick: 3395012118, how: 4117345806)),
                Step(pause: 0, device: 4, action: .keepCopy),
                Step(pause: 0, device: 4, action: .backup),
                Step(pause: 0, device: 4, action: .restoreServer),
                Step(pause: 80, device: 4, action: .act(.finishTask, pick: 2144326607, how: 524098167)),
                Step(pause: 51380, device: 4, action: .sync(nil)),
                Step(pause: 0, device: 4, action: .restoreCopy),
                Step(pause: 1879, device: 4, action: .act(.assign, pick: 3642557760, how: 1240577422)),
                Step(pause: 39150, device: 4, action: .sync(nil)),
                Step(pause: 0, device: 4, action: .restoreServer),
            ]),
        Regression(
            name: "an answer of a newer history says nothing about the records of the one that was lost",
            steps: [
                Step(pause: 0, device: 2, action: .upgradeDevice),
                Step(pause: 3944, device: 2, action: .act(.note, pick: 225777762, how: 1237991262)),
                Step(pause: 0, device: 2, action: .keepCopy),
                Step(pause: 68390, device: 2, action: .act(.labour, pick: 1180927002, how: 2403846812)),
                Step(pause: 67898, device: 2, action: .audit),
                Step(pause: 0, device: 2, action: .backup),
                Step(pause: 0, device: 2, action: .runCopy),
                Step(pause: 15887, device: 5, action: .act(.retitleOrder, pick: 3098823126, how: 4067366215)),
                Step(pause: 50746, device: 5, action: .sync(nil)),
                Step(pause: 8208000000, device: 5, action: .sync(nil)),
                Step(pause: 0, device: 2, action: .restoreServer),
            ]),
        Regression(
            name: "a device that had been enrolled and came for the first time after the copy is waited for",
            steps: [
                Step(pause: 9000, device: 3, action: .act(.lease, pick: 2045967044, how: 753369735)),
                Step(pause: 0, device: 0, action: .backup),
                Step(pause: 39000, device: 3, action: .sync(nil)),
                Step(pause: 0, device: 0, action: .restoreServer),
                Step(pause: 52000, device: 0, action: .act(.reserve, pick: 2186667984, how: 1709712306)),
            ]),
        Regression(
            name: "the same copy put back by hand twice is found by a device that has left the present epoch",
            steps: [
                Step(pause: 64827, device: 0, action: .act(.accept, pick: 1527055801, how: 2236783889)),
                Step(pause: 41114, device: 0, action: .act(.travel, pick: 1527055801, how: 4145139510)),
                Step(pause: 0, device: 0, action: .backup),
                Step(pause: 64185, device: 3, action: .act(.partFromDepot, pick: 2238505134, how: 4201131240)),
                Step(pause: 41122, device: 3, action: .sync(nil)),
                Step(pause: 0, device: 0, action: .putBackByHand),
                Step(pause: 27510, device: 3, action: .sync(nil)),
                Step(pause: 10317, device: 0, action: .sync(nil)),
                Step(pause: 0, device: 0, action: .putBackByHand),
                Step(pause: 512, device: 0, action: .act(.arrive, pick: 207231227, how: 2569655673)),
                Step(pause: 49668, device: 0, action: .act(.start, pick: 207231227, how: 2473396387)),
                Step(pause: 53359, device: 0, action: .act(.finishTask, pick: 207231227, how: 2493855409)),
                Step(pause: 52682, device: 0, action: .act(.complete, pick: 207231227, how: 1556855671)),
                Step(pause: 14072, device: 0, action: .act(.sign, pick: 207231227, how: 791775173)),
                Step(pause: 56314, device: 0, action: .act(.travel, pick: 2703035403, how: 2070092272)),
                Step(pause: 8208000000, device: 0, action: .sync(nil)),
            ]),
    ]
}
