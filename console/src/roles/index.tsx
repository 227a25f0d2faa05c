import { Route, Switch } from "wouter";
import { Lost } from "~/app/Lost.tsx";
import { AssignmentList } from "./AssignmentList.tsx";
import { NewRole } from "./NewRole.tsx";
import { PermissionList } from "./PermissionList.tsx";
import { RoleList } from "./RoleList.tsx";
import { RolePage } from "./RolePage.tsx";

/** Roles, the permissions that they are about, and who was given which. */
export default function Roles() {
  return (
    <Switch>
      <Route path="/roles" component={RoleList} />
      <Route path="/roles/new" component={NewRole} />
      <Route path="/roles/role/:id">{({ id }) => <RolePage key={id} id={id} />}</Route>
      <Route path="/roles/permissions" component={PermissionList} />
      <Route path="/roles/assignments" component={AssignmentList} />
      <Route component={Lost} />
    </Switch>
  );
}
