/** What somebody is in a chat and may do there; `chat` is one of the world's chats. */

export const memberOf = (chat, user) => chat.members.find((member) => member.id === user);

export const isInside = (member) => Boolean(member) && !["left", "kicked"].includes(member.status);

export const isAdmin = (member) => ["creator", "administrator"].includes(member?.status);

/** Whether a member has a right: the creator has all, admins their own, others what the group permits. */
export function may(chat, user, right) {
  const member = memberOf(chat, user);
  if (chat.type === "private" || member?.status === "creator") return true;
  if (member?.status === "administrator")
    return member.rights.includes(right) || (chat.type !== "channel" && right.startsWith("can_send_"));
  if (chat.type === "channel" || !isInside(member)) return false;
  const left = member.status === "restricted" ? member.rights : chat.permissions;
  return chat.permissions.includes(right) && left.includes(right);
}
