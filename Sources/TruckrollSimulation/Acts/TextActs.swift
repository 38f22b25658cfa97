import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// What anybody writes into a text several people write.
struct TextActs {
    let context: ActContext

    /// Types and erases at places picked by numbers, in what the device shows: the order's problem most often, else a task's notes.
    func write() throws {
        guard let order = try context.order else { return }
        let editor = context.editor
        let task = context.how % 4 == 0 ? try context.task(of: order) : nil
        let kind: JointTextKind = task == nil ? .problem : .notes
        let id = kind.id(of: task ?? order)
        let text = try editor.view("text", id)?.text("text") ?? ""
        var numbers = SeededGenerator(seed: UInt64(context.how) << 32 | UInt64(context.pick))
        var characters = Array(text.unicodeScalars)
        for _ in 0...numbers.below(3) {
            let place = numbers.below(characters.count + 1)
            if characters.count > 120 || numbers.once(in: 3) {
                let end = min(characters.count, place + numbers.below(characters.count > 120 ? 80 : 8))
                characters.removeSubrange(place..<end)
            } else {
                let words = ["seal ", "pump, ", "né", "\n", "😀", "x"]
                characters.insert(contentsOf: words[numbers.below(words.count)].unicodeScalars, at: place)
            }
        }
        let wording = String(String.UnicodeScalarView(characters))
        try editor.reword("text", id, "text", as: wording, within: kind.fields(order: order, task: task))
    }
}
