/**
 * Tells whether an access token says that it is of staff. It is read, not verified: this only decides which of our
 * pages exist for a visitor, and every answer of the API verifies the token itself.
 */
export function isStaffToken(token: string | undefined): boolean {
  const claims = token?.split(".")[1];
  if (!claims) return false;
  try {
    const { role } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { role?: unknown };
    return typeof role === "string" && role !== "customer";
  } catch {
    return false;
  }
}
