declare global {
  namespace App {
    /** What of a view lives in the browser's history and nowhere else. */
    interface PageState {
      dialog?: string;
    }
  }
}

export {};
