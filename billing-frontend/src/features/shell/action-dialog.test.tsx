import { screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ProblemError, toProblem } from "@/lib/problem";
import { show } from "@/testing/render";

import { ActionDialog } from "./action-dialog";
import { Reveal } from "./reveal";

const refresh = vi.fn();
vi.mock("next/navigation", () => ({ useRouter: () => ({ refresh }) }));
const user = userEvent.setup({ delay: null });
beforeEach(() => refresh.mockClear());

function open(act: (form: FormData) => Promise<unknown>) {
  show(
    <ActionDialog label="Revoke" title="Revoke it?" submitLabel="Do it" failed="It was not revoked" act={act}>
      <input name="word" aria-label="Word" required />
    </ActionDialog>,
  );
  return user.click(screen.getByRole("button", { name: "Revoke" }));
}

describe("a dialog that does something", () => {
  it("hands over what was filled in, closes and brings the page up to date", async () => {
    const act = vi.fn(async (form: FormData) => form.get("word"));
    await open(act);
    await user.type(screen.getByLabelText("Word"), "yes");
    await user.click(screen.getByRole("button", { name: "Do it" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
    expect(act).toHaveReturnedWith(Promise.resolve("yes"));
    expect(act.mock.calls[0]?.[0].get("word")).toBe("yes");
    expect(refresh).toHaveBeenCalledOnce();
  });

  it("does nothing while something needed is missing", async () => {
    const act = vi.fn();
    await open(act);
    await user.click(screen.getByRole("button", { name: "Do it" }));
    expect(act).not.toHaveBeenCalled();
  });

  it("stays with what was typed and says what was not done", async () => {
    await open(() => Promise.reject(new ProblemError(toProblem(409, { code: "change_refused" }))));
    await user.type(screen.getByLabelText("Word"), "yes");
    await user.click(screen.getByRole("button", { name: "Do it" }));
    expect(await screen.findByRole("alert")).toHaveTextContent(/It was not revoked.*The payment provider refused.*change_refused/);
    expect(screen.getByLabelText("Word")).toHaveValue("yes");
    expect(refresh).not.toHaveBeenCalled();
  });
});

describe("a secret", () => {
  it("is shown to whoever knows the password, and gone once the dialog closes", async () => {
    const load = vi.fn(async () => "top-secret");
    show(<Reveal label="Show" title="Code" help="Password, once more" doneHelp="Keep it" submitLabel="Go" load={load} />);
    await user.click(screen.getByRole("button", { name: "Show" }));
    await user.type(screen.getByLabelText("Password"), "word{Enter}");
    expect(await screen.findByText("top-secret")).toBeInTheDocument();
    expect(load).toHaveBeenCalledWith("word");
    await user.keyboard("{Escape}");
    await user.click(screen.getByRole("button", { name: "Show" }));
    expect(screen.queryByText("top-secret")).not.toBeInTheDocument();
  });
});
