import { screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { show } from "@/testing/render";

import { LogInForm, RegisterForm } from "./forms";

function answers(...bodies: [number, unknown][]) {
  const fetch = vi.fn();
  for (const [status, body] of bodies) fetch.mockResolvedValueOnce(Response.json(body, { status }));
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

const user = userEvent.setup({ delay: null });

afterEach(() => vi.unstubAllGlobals());

describe("the log-in form", () => {
  it("says what is missing without asking the server", async () => {
    const fetch = answers();
    show(<LogInForm onDone={vi.fn()} />);
    await user.click(screen.getByRole("button", { name: "Log in" }));
    expect(await screen.findByText(/Enter an e-mail address/)).toBeInTheDocument();
    expect(screen.getByLabelText("E-mail")).toHaveAccessibleDescription(/such as ada@example.com/);
    expect(screen.getByLabelText("E-mail")).toBeInvalid();
    expect(fetch).not.toHaveBeenCalled();
  });

  it("keeps what was typed when the password is wrong, with the problem's code", async () => {
    answers([401, { code: "invalid_credentials", detail: "Wrong" }]);
    const onDone = vi.fn();
    show(<LogInForm onDone={onDone} />);
    await user.type(screen.getByLabelText("E-mail"), "ada@example.com");
    await user.type(screen.getByLabelText("Password"), "not the one{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("invalid_credentials");
    expect(screen.getByLabelText("E-mail")).toHaveValue("ada@example.com");
    expect(screen.getByRole("button", { name: "Log in" })).toBeEnabled();
    expect(onDone).not.toHaveBeenCalled();
  });
});

describe("the registration form", () => {
  it("registers, logs in with the same words and goes on", async () => {
    const fetch = answers([202, { status: "accepted" }], [200, {}]);
    const onDone = vi.fn();
    show(<RegisterForm onDone={onDone} />);
    await user.type(screen.getByLabelText("Full name"), "Ada <b>Lovelace</b>");
    await user.type(screen.getByLabelText("E-mail"), "ada@example.com");
    await user.type(screen.getByLabelText("New password"), "a long pass phrase{Enter}");
    await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
    expect(fetch.mock.calls.map(([url]) => url)).toEqual(["/api/auth/register", "/api/auth/login"]);
    expect(JSON.parse(fetch.mock.calls[0]?.[1].body)).toMatchObject({ full_name: "Ada <b>Lovelace</b>", locale: "en" });
  });

  it("refuses a weak password before it is sent", async () => {
    const fetch = answers();
    show(<RegisterForm onDone={vi.fn()} />);
    await user.type(screen.getByLabelText("Full name"), "Ada");
    await user.type(screen.getByLabelText("E-mail"), "ada@example.com");
    await user.type(screen.getByLabelText("New password"), "aaaaaaaaaaaa{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("five of them different");
    expect(fetch).not.toHaveBeenCalled();
  });
});
