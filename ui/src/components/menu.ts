import type { IconComponent } from './icon';

/** One line of a menu. */
export type MenuEntry =
  | { kind: 'separator' }
  | { kind: 'heading'; label: string }
  | { kind: 'menu'; label: string; icon?: IconComponent; entries: MenuEntry[] }
  | {
      kind: 'item';
      label: string;
      icon?: IconComponent;
      /** Its shortcut, such as "Mod+K". */
      keys?: string;
      /** Said quietly at its end, such as a count. */
      detail?: string | undefined;
      /** One of a group of choices: whether it is the chosen one. */
      checked?: boolean;
      /** Whether it is chosen or not by itself, whatever others are. */
      alone?: boolean;
      danger?: boolean;
      disabled?: boolean;
      testid?: string;
      run: () => void;
    };
