import { Route, Switch } from "wouter";
import { Lost } from "~/app/Lost.tsx";
import { Overview } from "./Overview.tsx";
import { TopicPage } from "./TopicPage.tsx";

export default function Settings() {
  return (
    <Switch>
      <Route path="/settings" component={Overview} />
      <Route path="/settings/:topic">{({ topic }) => <TopicPage name={topic} />}</Route>
      <Route component={Lost} />
    </Switch>
  );
}
