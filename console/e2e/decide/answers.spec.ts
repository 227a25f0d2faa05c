import { expect, PEOPLE, test } from "../support/test.ts";
import { decideAt } from "./ask.ts";

test("a permission that comes through a group is drawn and told", async ({ page, enter, look }) => {
  const contract = "/acme/northwind/contract-0001";
  await enter(PEOPLE.alice, decideAt("/staff/bob", "contract.edit", contract));
  await expect(page.getByTestId("verdict")).toHaveText(`Yes, bob may do contract.edit at ${contract}.`);
  const picture = page.getByRole("figure");
  for (const name of ["bob", "sales", "Editor", "northwind", "contract-0001"]) {
    await expect(picture.getByRole("link", { name, exact: true })).toBeVisible();
  }
  await expect(picture.getByText("contract.edit when resource.status != 'archived'")).toBeVisible();
  await expect(page.getByTestId("steps").getByRole("listitem")).toHaveText([
    "bob (/staff/bob)",
    "is in the group /acme/northwind/sales",
    "which has the role Editor of /acme at /acme/northwind",
    "whose rule contract.edit when resource.status != 'archived' allows it",
    `and it counts for the child ${contract}`,
  ]);
  await expect(
    page.getByText("In the server’s words: The rule 'contract.edit' of the role Editor@/acme"),
  ).toBeVisible();
  await look("decide-allow");
});

test("a permission that comes by a connection says so", async ({ page, enter }) => {
  await enter(PEOPLE.alice, decideAt("/staff/carol", "contract.view", "/acme/northwind/contract-0002"));
  await expect(page.getByTestId("steps")).toContainText("and through a connection for /acme/northwind");
  await expect(page.getByRole("figure").getByText("connection")).toBeVisible();
});

test("a deny is drawn as such and explains that it wins", async ({ page, enter, look }) => {
  await enter(PEOPLE.alice, decideAt("/staff/bob", "contract.delete", "/acme/northwind/contract-0001"));
  await expect(page.getByTestId("verdict")).toContainText("No, bob may not do contract.delete");
  await expect(page.getByText("A deny counts whatever else allows.")).toBeVisible();
  await expect(page.getByRole("figure").getByText("denies at")).toBeVisible();
  await expect(page.getByText("What would help")).toBeHidden();
  await look("decide-deny");
});

test("a near miss is a faint branch that says what is missing", async ({ page, enter, look }) => {
  const contract = "/acme/northwind/contract-0002";
  await enter(PEOPLE.alice, decideAt("/staff/bob", "contract.edit", contract));
  await expect(page.getByText("the role Editor would allow it, but its condition is not met")).toBeVisible();
  const picture = page.getByRole("figure");
  await expect(picture.getByText("Condition not met")).toBeVisible();
  await expect(picture.getByText("contract.edit when resource.status != 'archived'")).toBeVisible();
  await expect(page.getByTestId("steps")).toContainText("Given to /acme/northwind/sales at /acme/northwind");
  const grant = page.getByRole("link", { name: "Give this permission" });
  const href = new URL((await grant.getAttribute("href")) ?? "", "http://localhost");
  expect(href.pathname).toBe("/console/roles/assignments");
  expect(Object.fromEntries(href.searchParams)).toEqual({
    new: "",
    subject: "/staff/bob",
    node: contract,
    permission: "contract.edit",
  });
  await look("decide-near-miss");
});

test("values for conditions can be given and stand in the address", async ({ page, enter, world }) => {
  expect(world).toBe("demo");
  await enter(PEOPLE.alice, decideAt("/staff/bob", "contract.edit", "/acme/northwind"));
  await expect(page.getByRole("figure").getByText("Condition unknown")).toBeVisible();
  await page.getByRole("button", { name: "Values for conditions" }).click();
  const resource = page.getByLabel("Of the thing (resource)");
  await resource.fill("{oops");
  await resource.blur();
  await expect(page.getByText("This is not a JSON object.")).toBeVisible();
  await resource.fill('{"status": "open"}');
  await resource.blur();
  await expect(page.getByTestId("verdict")).toContainText("Yes, bob may do contract.edit");
  expect(new URL(page.url()).searchParams.get("resource")).toBe('{"status": "open"}');
  await page.goBack();
  await expect(page.getByTestId("verdict")).toContainText("No, bob may not do contract.edit");
});

test("a superuser may without any rule, and nothing at all is refused plainly", async ({
  page,
  enter,
  look,
}) => {
  await enter(PEOPLE.alice, decideAt("/staff/alice", "contract.edit", "/acme/northwind"));
  await expect(page.getByText("A superuser may do everything, without any role.")).toBeVisible();
  await expect(page.getByRole("figure").getByText("Superuser")).toBeVisible();
  await page.goto(decideAt("/clients/dave", "contract.sign", "/acme/southbank"));
  await expect(page.getByText("No rule of any role allows it.")).toBeVisible();
  await expect(page.getByRole("figure").getByText("no allow")).toBeVisible();
  await look("decide-nothing");
});

test("somebody or something that is not there is told without a picture", async ({ page, enter }) => {
  await enter(PEOPLE.alice, decideAt("/staff/zoe", "contract.edit", "/acme"));
  await expect(page.getByText("There is no such user or service account")).toBeVisible();
  await page.goto(decideAt("/staff/bob", "contract.edit", "/acme/nowhere"));
  await expect(page.getByText("There is no such node, or you may not see it.")).toBeVisible();
  await expect(page.getByRole("figure")).toBeHidden();
});

test("a locked person is refused before any rule", async ({ page, enter }) => {
  await enter(PEOPLE.alice);
  const lock = await page.request.post("/api/v1/realms/staff/users/bob/disable", {
    data: {},
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(lock.status(), await lock.text()).toBe(200);
  await page.goto(decideAt("/staff/bob", "contract.edit", "/acme/northwind/contract-0001"));
  await expect(page.getByText("The account is switched off, locked or expired")).toBeVisible();
  await expect(page.getByRole("figure").getByText("Account not active")).toBeVisible();
});

test("who may not ask about others is told so, and can ask about oneself", async ({ page, enter }) => {
  await enter(PEOPLE.bob, decideAt("/staff/carol", "contract.view", "/acme/northwind/contract-0001"));
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByRole("button", { name: "Ask about myself" }).click();
  await expect(page.getByTestId("verdict")).toHaveText(
    "Yes, you may do contract.view at /acme/northwind/contract-0001.",
  );
  await page.goto(decideAt("me", "contract.edit", "/acme/northwind/contract-0002"));
  await expect(page.getByText("Ask somebody who may give roles there.")).toBeVisible();
});
