import {
  IconBan,
  IconBox,
  IconCheck,
  IconCircleDashed,
  IconShieldLock,
  IconUser,
  IconUsers,
} from "@tabler/icons-react";
import { Handle, type Node, type NodeProps, Position } from "@xyflow/react";
import { useTranslations } from "use-intl";
import { Link } from "wouter";
import type { Box, BoxKind } from "./graph.ts";

const ICONS = {
  person: IconUser,
  group: IconUsers,
  role: IconShieldLock,
  node: IconBox,
  special: IconShieldLock,
  miss: IconCircleDashed,
} as const satisfies Record<BoxKind, typeof IconUser>;

/** Why somebody is let through or stopped without any rule. */
const SPECIAL = [
  "superuser",
  "operator",
  "not_active",
  "restricted",
  "job_for_nobody",
  "superusers_only",
] as const;

/** One box of the picture. Its name is a link to what it stands for. */
export function BoxNode({ data }: NodeProps<Node<{ box: Box }>>) {
  const t = useTranslations("decide");
  const { box } = data;
  const special = SPECIAL.find((one) => one === box.title);
  const title = box.kind === "special" && special ? t(`picture.special.${special}`) : box.title;
  const Icon = ICONS[box.kind];
  const effect = box.denies === undefined ? undefined : box.denies ? "denies" : "allows";
  return (
    <div className={`decide-box decide-${box.kind} ${effect ? `decide-${effect}` : ""}`}>
      <Handles />
      <div className="decide-kind">
        <Icon size={16} stroke={1.7} aria-hidden />
        <span>{t(box.asked ? "picture.kind.asked" : `picture.kind.${box.kind}`)}</span>
        {effect && (
          <span className="decide-effect">
            {box.denies ? <IconBan size={15} aria-hidden /> : <IconCheck size={15} aria-hidden />}
            {t(`picture.${effect}`)}
          </span>
        )}
      </div>
      {box.href ? (
        <Link href={box.href} className="decide-name nodrag nopan" title={title}>
          {title}
        </Link>
      ) : (
        <span className="decide-name" title={title}>
          {title}
        </span>
      )}
      {box.detail && box.detail !== title && (
        <span className="decide-detail" title={box.detail}>
          <bdi>{box.detail}</bdi>
        </span>
      )}
      {box.rule && (
        <code className="decide-rule" title={box.rule}>
          {box.rule}
        </code>
      )}
      {box.missing && <span className="decide-missing">{t(`missing.${box.missing}`)}</span>}
    </div>
  );
}

function Handles() {
  return (
    <>
      <Handle type="target" id={Position.Top} position={Position.Top} isConnectable={false} />
      <Handle type="target" id={Position.Left} position={Position.Left} isConnectable={false} />
      <Handle type="source" id={Position.Bottom} position={Position.Bottom} isConnectable={false} />
      <Handle type="source" id={Position.Right} position={Position.Right} isConnectable={false} />
    </>
  );
}
