import "./tree.css";
import { Anchor, Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowLeft, IconPlus } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import { useMay } from "~/app/may.ts";
import { Page } from "~/common/Page.tsx";
import { useAddress } from "./address.ts";
import { CreateNode } from "./CreateNode.tsx";
import { Hits } from "./Hits.tsx";
import { MoveNode } from "./MoveNode.tsx";
import { NodePanel } from "./NodePanel.tsx";
import { Nothing } from "./Nothing.tsx";
import { OutlineContext } from "./node.ts";
import { Outline, TOP, type TreeNode } from "./outline.ts";
import { SearchForm } from "./SearchForm.tsx";
import { TreeView } from "./TreeView.tsx";
import { Unchosen } from "./Unchosen.tsx";

/** The tree, what is searched in it, and the node that was chosen. */
export default function Tree() {
  const t = useTranslations("tree");
  const { node, choose, isSearching, clearSearch } = useAddress();
  const [searches, setSearches] = useState(0);
  const [outline] = useState(() => new Outline());
  const chosen = useChosen(outline, node);
  const may = useMay(["node:create"]);
  const [creating, create] = useDisclosure(false);
  const [moving, setMoving] = useState<{ node: TreeNode; parent: string }>();
  const actions = may.has("node:create") && (
    <Button variant="default" leftSection={<IconPlus size={16} />} onClick={create.open}>
      {t("root.button")}
    </Button>
  );
  const backToTree = () => {
    clearSearch();
    // The form begins anew: without what was typed, its filters closed.
    setSearches(searches + 1);
  };
  return (
    <OutlineContext value={outline}>
      <Page title={t("title")} lead={t("lead")} actions={actions}>
        <div className="tree-columns" data-chosen={node !== undefined || undefined}>
          <div>
            <SearchForm key={searches} />
            {isSearching ? (
              <Hits backToTree={backToTree} />
            ) : (
              <>
                <TreeView
                  chosen={chosen}
                  choose={({ path }) => choose(path)}
                  move={(moved, parent) => setMoving({ node: moved, parent: parent.path })}
                />
                <Nothing mayCreate={may.has("node:create")} create={create.open} />
              </>
            )}
          </div>
          <div>
            <Anchor component={Link} href="/tree" className="tree-back" size="sm">
              <IconArrowLeft size={14} aria-hidden /> {t("back")}
            </Anchor>
            {node === undefined ? <Unchosen /> : <NodePanel key={node} path={node} />}
          </div>
        </div>
        {creating && <CreateNode parent={undefined} close={create.close} />}
        {moving && <MoveNode {...moving} close={() => setMoving(undefined)} />}
      </Page>
    </OutlineContext>
  );
}

/** Opens the way to the node in the address; its id, once it is there. */
function useChosen(outline: Outline, path: string | undefined): string | undefined {
  const [chosen, setChosen] = useState<string>();
  useEffect(() => {
    let still = true;
    const found = path === undefined ? outline.load(TOP).then(() => undefined) : outline.reveal(path);
    // What is wrong with the node is told at its own place, and what is wrong with the tree in the tree.
    found.catch(() => undefined).then((id) => still && setChosen(id));
    return () => {
      still = false;
    };
  }, [outline, path]);
  return chosen;
}
