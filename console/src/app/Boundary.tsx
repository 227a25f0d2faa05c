import { Button, Container, Text, Title } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useTranslations } from "use-intl";
import { ProblemAlert } from "~/common/ProblemAlert.tsx";

interface Props {
  /** Where one is: elsewhere it is tried anew. */
  at?: string;
  children: ReactNode;
}

/** Shows what went wrong in the place where it did; the rest of the page goes on. */
export class Boundary extends Component<Props, { error: unknown }> {
  override state = { error: undefined as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error: error ?? new Error("nothing was told") };
  }

  override componentDidUpdate(before: Props) {
    if (before.at !== this.props.at) this.setState({ error: undefined });
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return <Failed error={this.state.error} again={() => this.setState({ error: undefined })} />;
  }
}

function Failed({ error, again }: { error: unknown; again(): void }) {
  const t = useTranslations("app.failed");
  return (
    <Container size="sm" py="xl">
      <Title order={1} size="h2" mb="sm">
        {t("title")}
      </Title>
      <Text mb="md">{t("lead")}</Text>
      <ProblemAlert error={error} />
      <Button mt="md" onClick={again}>
        {t("again")}
      </Button>
    </Container>
  );
}
