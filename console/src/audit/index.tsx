import { lazy } from "react";
import { Route, Switch } from "wouter";
import { Lost } from "~/app/Lost.tsx";
import { Events } from "./Events.tsx";
import { Verify } from "./Verify.tsx";

// The charts weigh more than all else here.
const Dashboard = lazy(() => import("./dashboard/Dashboard.tsx"));

/** What happened, when, and by whom. */
export default function Audit() {
  return (
    <Switch>
      <Route path="/audit" component={Events} />
      <Route path="/audit/dashboard" component={Dashboard} />
      <Route path="/audit/verify" component={Verify} />
      <Route component={Lost} />
    </Switch>
  );
}
