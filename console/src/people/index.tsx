import { Fragment } from "react";
import { Route, Switch } from "wouter";
import { usePathname } from "wouter/use-browser-location";
import { Lost } from "~/app/Lost.tsx";
import { AccountPage } from "./accounts/AccountPage.tsx";
import { Accounts } from "./accounts/Accounts.tsx";
import { ById } from "./ById.tsx";
import { GroupPage } from "./groups/GroupPage.tsx";
import { Groups } from "./groups/Groups.tsx";
import { Locks } from "./locks/Locks.tsx";
import { Overview } from "./Overview.tsx";
import { Connections } from "./realms/Connections.tsx";
import { RealmPage } from "./realms/RealmPage.tsx";
import { UserPage } from "./users/UserPage.tsx";

/** Who there is: realms, users, groups, service accounts, and who of them is locked out. */
export default function People() {
  // What was typed or opened on the page of one belongs to nobody else.
  const path = usePathname();
  return (
    <Fragment key={path}>
      <Switch>
        <Route path="/people" component={Overview} />
        <Route path="/people/connections" component={Connections} />
        <Route path="/people/locks" component={Locks} />
        <Route path="/people/realms/:realm" component={RealmPage} />
        <Route path="/people/realms/:realm/users/:username" component={UserPage} />
        <Route path="/people/groups" component={Groups} />
        <Route path="/people/groups/:group" component={GroupPage} />
        <Route path="/people/service-accounts" component={Accounts} />
        <Route path="/people/service-accounts/:account" component={AccountPage} />
        <Route path="/people/by-id/:id" component={ById} />
        <Route component={Lost} />
      </Switch>
    </Fragment>
  );
}
