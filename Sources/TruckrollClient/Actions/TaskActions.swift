import TruckrollCore
import TruckrollDomain
import TruckrollSync

/// Where a task can be put.
public enum TaskState: String, Sendable, CaseIterable {
    case open, done
    case notApplicable = "not_applicable"
}

extension DeviceClient {
    /// Says that a task is done, does not apply, or is open again.
    ///
    /// - Parameter remark: kept beside it; needed where a mandatory task does not apply.
    public func setTask(_ task: RecordID, _ state: TaskState, remark: String? = nil) throws -> Recorded {
        try act("task-\(state.rawValue)") { editor in
            let view = try editor.require("task", task)
            if state == .notApplicable, view.text("mandatory") == "yes", remark?.trimmed.isEmpty ?? true {
                throw DeviceProblem(.reasonMissing, "“\(view.text("title") ?? "")” is mandatory.", next: "Say with --remark why it does not apply.")
            }
            var fields: [String: Value] = [:]
            if (view.text("state") ?? "open") != state.rawValue { fields["state"] = .text(state.rawValue) }
            if let remark { fields["remark"] = .optional(remark) }
            guard !fields.isEmpty else { return (task, ["It was so already."]) }
            try editor.patch("task", task, fields)
            return (task, [])
        }
    }

    /// Puts the user on a task, or takes the user off. Others stay on it.
    public func claimTask(_ task: RecordID, _ isClaimed: Bool = true) throws -> Recorded {
        try act(isClaimed ? "claim" : "unclaim") { editor in
            let claimed = try editor.require("task", task).references("claimed_by").contains(editor.user)
            guard claimed != isClaimed else { return (task, ["It was so already."]) }
            try editor.change("task", task, "claimed_by", element: .reference(editor.user), op: isClaimed ? .add : .remove)
            return (task, [])
        }
    }

    /// Answers the task's question; answers that stood before and were seen give way.
    public func answerTask(_ task: RecordID, _ answer: String, isDone: Bool = false) throws -> Recorded {
        try act("answer") { editor in
            _ = try editor.require("task", task)
            var fields: [String: Value] = ["answer": .text(answer)]
            if isDone { fields["state"] = .text(TaskState.done.rawValue) }
            try editor.patch("task", task, fields)
            return (task, [])
        }
    }

    /// Adds a step to an order.
    public func addTask(to order: RecordID, title: String, instructions: String? = nil, asset: RecordID? = nil, isMandatory: Bool = false) throws
        -> Recorded
    {
        try act("add-task") { editor in
            _ = try editor.require("service_order", order)
            let rank = try editor.children("task", of: order).compactMap { $0.integer("rank") }.max() ?? 0
            let id = try editor.create(
                "task",
                [
                    "order": .reference(order), "title": .text(title), "instructions": .optional(instructions), "asset": .optional(asset),
                    "mandatory": .text(isMandatory ? "yes" : "no"), "state": .text("open"), "rank": .integer(min(rank + 10, 100_000)),
                ])
            return (id, [])
        }
    }

    /// Takes a step away. A change somebody makes to it without knowing keeps it alive.
    public func deleteTask(_ task: RecordID) throws -> Recorded {
        try act("delete-task") { editor in
            _ = try editor.require("task", task)
            try editor.delete("task", task)
            return (task, [])
        }
    }
}
