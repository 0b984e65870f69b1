import { useId, type KeyboardEvent, type ReactNode } from 'react';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly title?: string;
  readonly mark?: ReactNode;
}

/** A tab list and the panel of the chosen tab. Arrow keys move between tabs. */
export function Tabs({
  label,
  tabs,
  chosen,
  onChoose,
  aside,
  children,
}: {
  label: string;
  tabs: readonly Tab[];
  chosen: string;
  onChoose: (id: string) => void;
  aside?: ReactNode;
  children: ReactNode;
}): ReactNode {
  const base = useId();
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const at = tabs.findIndex((tab) => tab.id === chosen);
    const next = new Map([
      ['ArrowRight', (at + 1) % tabs.length],
      ['ArrowLeft', (at + tabs.length - 1) % tabs.length],
      ['Home', 0],
      ['End', tabs.length - 1],
    ]).get(event.key);
    const tab = next === undefined ? undefined : tabs[next];
    if (tab === undefined) return;
    event.preventDefault();
    onChoose(tab.id);
    document.getElementById(`${base}-tab-${tab.id}`)?.focus();
  };
  return (
    <section className="tabs">
      <div className="tabs-head">
        <div className="tabs-list" role="tablist" aria-label={label} onKeyDown={move}>
          {tabs.map((tab) => (
            <button
              key={tab.id}
              type="button"
              role="tab"
              id={`${base}-tab-${tab.id}`}
              className="tab"
              title={tab.title}
              aria-selected={tab.id === chosen}
              aria-controls={tab.id === chosen ? `${base}-panel` : undefined}
              tabIndex={tab.id === chosen ? 0 : -1}
              onClick={() => onChoose(tab.id)}
            >
              {tab.mark}
              <span>{tab.label}</span>
            </button>
          ))}
        </div>
        {aside}
      </div>
      <div
        className="tabs-panel"
        role="tabpanel"
        id={`${base}-panel`}
        aria-labelledby={`${base}-tab-${chosen}`}
      >
        {children}
      </div>
    </section>
  );
}
